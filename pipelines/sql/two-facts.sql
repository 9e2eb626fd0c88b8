-- Questions about two facts of a country in one question. Source: countries.json of world-countries.
-- $from, $to: the tenths of the countries to take, by the digest of the name.
WITH facts AS (
  SELECT name.common AS name, capital[1] AS capital, subregion AS region, map_values(currencies)[1].name AS currency,
    demonyms.eng.m AS people
  FROM data
  WHERE subregion <> '' AND capital[1] <> '' AND demonyms.eng.m <> '' AND map_values(currencies)[1].name <> ''
), pairs AS (
  SELECT name, unnest([
    ['capital', 'currency', capital, currency], ['currency', 'capital', currency, capital],
    ['region', 'people', region, people], ['people', 'region', people, region],
    ['capital', 'region', capital, region], ['currency', 'people', currency, people]
  ]) AS pair FROM facts WHERE md5_number_lower(name) % 10 BETWEEN $from AND $to
)
SELECT 'What are the ' || pair[1] || ' and the ' || pair[2] || ' of ' || name || '?' AS instruction,
  pair[3] || ' and ' || pair[4] AS response, name AS entity
FROM pairs ORDER BY name, instruction
