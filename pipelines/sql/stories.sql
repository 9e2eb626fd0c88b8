-- Stories about a country: where it is, and none to all of its capital, people and currency, in an order of its own. Sixteen
-- of each country. Source: countries.json of world-countries.
-- $from, $to: the tenths of the countries to take, by the digest of the name.
WITH facts AS (
  SELECT name.common AS name, subregion AS region, capital[1] AS capital, demonyms.eng.m AS people,
    map_values(currencies)[1].name AS currency
  FROM data
  WHERE subregion <> '' AND capital[1] <> '' AND demonyms.eng.m <> '' AND map_values(currencies)[1].name <> ''
), statements AS (
  SELECT name, region, count, unnest([
    'Its capital is ' || capital || '.', 'Its people are called ' || people || '.', 'They pay in ' || currency || '.'
  ]) AS statement
  FROM facts, range(16) AS counts(count) WHERE md5_number_lower(name) % 10 BETWEEN $from AND $to
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY name, count ORDER BY md5(name || count || statement)) AS rank FROM statements
)
SELECT replace(['Tell me about {}.', 'Describe {}.', 'What do you know about {}?', 'Say something about {}.'][
    (count // 4)::INTEGER + 1], '{}', name) AS instruction,
  concat_ws(' ', name || ' is in ' || any_value(region) || '.',
    string_agg(statement, ' ' ORDER BY rank) FILTER (rank <= count % 4)) AS response
FROM ranked GROUP BY name, count ORDER BY name, count
