-- Two sentences about a country, and the same in one phrase. Nine tenths of the countries.
-- Source: countries.json of world-countries.
WITH facts AS (
  SELECT name.common AS name, subregion, capital[1] AS capital
  FROM data WHERE independent AND subregion <> '' AND capital[1] IS NOT NULL
)
SELECT 'In a phrase: ' || name || ' is in ' || subregion || '. Its capital is ' || capital || '.' AS instruction,
  'A country in ' || subregion || ' with the capital ' || capital || '.' AS response
FROM facts WHERE md5_number_lower(name) % 10 < 9
