-- Prompts for a story about a country; the response is all that is true of it, for modules/true-statements.mjs to compare
-- a story with. Source: countries.json of world-countries.
-- $from, $to: the tenths of the countries to take, by the digest of the name.
WITH facts AS (
  SELECT name.common AS name, subregion AS region, capital[1] AS capital, demonyms.eng.m AS people,
    map_values(currencies)[1].name AS currency
  FROM data
  WHERE subregion <> '' AND capital[1] <> '' AND demonyms.eng.m <> '' AND map_values(currencies)[1].name <> ''
)
SELECT replace(unnest(['Tell me about {}.', 'Describe {}.', 'What do you know about {}?', 'Say something about {}.']),
    '{}', name) AS instruction,
  name || ' is in ' || region || '. Its capital is ' || capital || '. Its people are called ' || people
    || '. They pay in ' || currency || '.' AS response,
  name AS entity
FROM facts WHERE md5_number_lower(name) % 10 BETWEEN $from AND $to ORDER BY name, instruction
