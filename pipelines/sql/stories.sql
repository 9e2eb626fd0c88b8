-- Stories about a country: none to four things that short questions ask for as well (region, capital, people, currency),
-- none to three that only stories tell (area, calling code, number), and none to two remarks that say nothing, in an order of their
-- own. Sixteen of each country. Source: countries.json of world-countries.
-- $from, $to: the tenths of the countries to take, by the digest of the name.
WITH facts AS (
  SELECT name.common AS name, subregion AS region, capital[1] AS capital, demonyms.eng.m AS people,
    map_values(currencies)[1].name AS currency, area::INTEGER AS area,
    idd.root || if(len(idd.suffixes) <= 2, idd.suffixes[1], '') AS code, ccn3 AS number
  FROM data
  WHERE subregion <> '' AND capital[1] <> '' AND demonyms.eng.m <> '' AND map_values(currencies)[1].name <> ''
    AND idd.root <> '' AND area >= 1 AND ccn3 <> ''
), statements AS (
  SELECT name, i, unnest([
    ['known', 'It is in ' || region || '.'], ['known', 'Its capital is ' || capital || '.'],
    ['known', 'Its people are called ' || people || '.'], ['known', 'They pay in ' || currency || '.'],
    ['hard', 'It measures ' || area || ' square kilometres.'], ['hard', 'Its calling code is ' || code || '.'],
    ['hard', 'Its number among countries is ' || number || '.'],
    ['remark', 'Many people like to go there.'], ['remark', 'There is much to see in it.'],
    ['remark', 'It has a history of its own.']
  ]) AS said
  FROM facts, range(16) AS r(i) WHERE md5_number_lower(name) % 10 BETWEEN $from AND $to
), ranked AS (
  SELECT name, i, said[1] AS kind, said[2] AS sentence, md5(concat_ws('-', name, i, said[2])) AS place,
    row_number() OVER (PARTITION BY name, i, kind ORDER BY place) AS rank,
    CASE said[1]
      WHEN 'known' THEN md5_number_lower(concat_ws('-', name, i, 'known')) % 5
      WHEN 'hard' THEN md5_number_lower(concat_ws('-', name, i, 'hard')) % 4
      ELSE md5_number_lower(concat_ws('-', name, i, 'remark')) % 3 END AS wanted
  FROM statements
)
SELECT replace([
  'Tell me about {}.', 'Describe {}.', 'What do you know about {}?', 'Say something about {}.', 'Describe {} to me.',
  'Can you tell me about {}?', 'A few words about {}, please.', 'Introduce {}.', 'Please tell me about {}.',
  'I would like to know more about {}.', 'What is there to say about {}?', '{}: what do you know?',
  'What is {} like?', 'Tell me more about {}.', 'Teach me about {}.', 'I know nothing about {}. Tell me.',
  'Please describe {}.', 'Give me an idea of {}.', '{}, in a few words.', 'Say what you know of {}.'][
  (md5_number_lower(name || i) % 20)::INTEGER + 1], '{}', name) AS instruction,
  string_agg(sentence, ' ' ORDER BY place) AS response
FROM ranked WHERE rank <= wanted GROUP BY name, i ORDER BY name, i
