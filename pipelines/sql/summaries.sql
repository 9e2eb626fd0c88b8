-- Two sentences about a country in one of three forms, and the same in one phrase. Source: countries.json of
-- world-countries.
-- $from, $to: the tenths of the countries to take, by the digest of the name.
WITH facts AS (
  SELECT name.common AS name, subregion AS region, capital[1] AS capital
  FROM data
  WHERE subregion <> '' AND capital[1] <> '' AND md5_number_lower(name.common) % 10 BETWEEN $from AND $to
)
SELECT 'In a phrase: ' || unnest([
    name || ' is in ' || region || '. Its capital is ' || capital || '.',
    'The capital of ' || name || ' is ' || capital || '. It is in ' || region || '.',
    'One of the countries in ' || region || ' is ' || name || '. Its capital is ' || capital || '.'
  ]) AS instruction,
  'A country in ' || region || ' with the capital ' || capital || '.' AS response
FROM facts ORDER BY name, instruction
