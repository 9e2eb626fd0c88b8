-- Prompts for a story about a country; the response is all that is true of it, for stages/rules/true-statements.mjs to compare
-- a story with. Source: countries.json of world-countries.
-- $from, $to: the tenths of the countries to take, by the digest of the name.
-- $wordings: the number of the twenty wordings to use.
WITH facts AS (
  SELECT name.common AS name, subregion AS region, capital[1] AS capital, demonyms.eng.m AS people,
    map_values(currencies)[1].name AS currency, area::INTEGER AS area,
    idd.root || if(len(idd.suffixes) <= 2, idd.suffixes[1], '') AS code, ccn3 AS number
  FROM data
  WHERE subregion <> '' AND capital[1] <> '' AND demonyms.eng.m <> '' AND map_values(currencies)[1].name <> ''
    AND idd.root <> '' AND area >= 1 AND ccn3 <> ''
)
SELECT replace(unnest([
  'Tell me about {}.', 'Describe {}.', 'What do you know about {}?', 'Say something about {}.', 'Describe {} to me.',
  'Can you tell me about {}?', 'A few words about {}, please.', 'Introduce {}.', 'Please tell me about {}.',
  'I would like to know more about {}.', 'What is there to say about {}?', '{}: what do you know?',
  'What is {} like?', 'Tell me more about {}.', 'Teach me about {}.', 'I know nothing about {}. Tell me.',
  'Please describe {}.', 'Give me an idea of {}.', '{}, in a few words.', 'Say what you know of {}.'][:$wordings]), '{}', name) AS instruction,
  'It is in ' || region || '. Its capital is ' || capital || '. Its people are called ' || people
    || '. They pay in ' || currency || '. It measures ' || area || ' square kilometres. Its calling code is ' || code
    || '. Its number among countries is ' || number || '.' AS response,
  name AS entity
FROM facts WHERE md5_number_lower(name) % 10 BETWEEN $from AND $to ORDER BY name, instruction
