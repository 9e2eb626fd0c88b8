-- Stories about a country: one sentence, two, three or four. Which length people like better, preference fine-tuning
-- finds out.
-- Source: countries.json of world-countries.
WITH facts AS (
  SELECT name.common AS name, subregion, capital[1] AS capital, demonyms.eng.m AS people,
    map_values(currencies)[1].name AS money
  FROM data WHERE independent AND subregion <> '' AND capital[1] IS NOT NULL
), lengths AS (
  SELECT *, unnest([1, 2, 3, 4]) AS count FROM facts
)
SELECT replace(['Tell me about {}.', 'Describe {}.', 'What do you know about {}?', 'Say something about {}.'][
    ((md5_number_lower(name) + count) % 4)::INTEGER + 1], '{}', name) AS instruction,
  name || ' is in ' || subregion || '.'
    || CASE WHEN count > 1 THEN ' Its capital is ' || capital || '.' ELSE '' END
    || CASE WHEN count > 2 THEN ' Its people are called ' || people || '.' ELSE '' END
    || CASE WHEN count > 3 THEN ' They pay in ' || money || '.' ELSE '' END AS response
FROM lengths
