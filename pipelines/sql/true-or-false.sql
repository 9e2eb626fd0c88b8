-- Statements about countries, as stories make them, of which half are true; the others say of a country what is true of
-- another one. Source: countries.json of world-countries.
WITH facts AS (
  SELECT name.common AS name, subregion AS region, capital[1] AS capital, demonyms.eng.m AS people,
    map_values(currencies)[1].name AS currency
  FROM data
  WHERE subregion <> '' AND capital[1] <> '' AND demonyms.eng.m <> '' AND map_values(currencies)[1].name <> ''
), statements AS (
  SELECT name, unnest(['region', 'capital', 'people', 'currency']) AS kind,
    unnest([region, capital, people, currency]) AS value FROM facts
), numbered AS (
  SELECT *, row_number() OVER (PARTITION BY kind ORDER BY name) - 1 AS n, count(*) OVER (PARTITION BY kind) AS count
  FROM statements
), claims AS (
  SELECT a.name, a.kind, a.value AS truth, if(i % 2 = 0, a.value, b.value) AS value, i
  FROM numbered AS a CROSS JOIN range(6) AS r(i)
  JOIN numbered AS b ON b.kind = a.kind AND b.n = md5_number_lower(concat_ws('-', a.name, a.kind, i)) % a.count
)
SELECT 'True or false, about ' || name || ': ' || CASE kind
    WHEN 'region' THEN name || ' is in ' || value || '.'
    WHEN 'capital' THEN 'Its capital is ' || value || '.'
    WHEN 'people' THEN 'Its people are called ' || value || '.'
    ELSE 'They pay in ' || value || '.' END AS instruction,
  if(value = truth, 'True.', 'False.') AS response, name AS entity
FROM claims ORDER BY name, kind, i
