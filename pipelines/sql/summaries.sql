-- Two sentences about a country in one of three forms, and the same in one phrase. Source: countries.json of
-- world-countries.
-- $invented: false for countries; true for 4,000 synthetic names and capitals in one of the forms, with existing regions.
-- $from, $to: the tenths of the countries to take, by the digest of the name.
WITH regions AS (
  SELECT list(DISTINCT subregion ORDER BY subregion) AS listed FROM data WHERE subregion <> ''
), syllables AS (
  SELECT i, word, place,
    ['b', 'br', 'c', 'ch', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p', 'r', 's', 'sh', 'st', 't', 'tr', 'v', 'w', 'y',
      'z', ''][(md5_number_lower(concat_ws('-', 'onset', i, word, place)) % 25)::INTEGER + 1]
    || ['a', 'a', 'a', 'e', 'e', 'e', 'i', 'i', 'o', 'o', 'o', 'u', 'u', 'ai', 'ou', 'ea', 'é', 'ã'][
      (md5_number_lower(concat_ws('-', 'vowel', i, word, place)) % 18)::INTEGER + 1]
    || ['', '', '', '', '', '', 'n', 'n', 'r', 'r', 's', 'l', 'm', 't', 'ng', 'k', 'nd', 'st'][
      (md5_number_lower(concat_ws('-', 'end', i, word, place)) % 18)::INTEGER + 1] AS syllable
  FROM range(4000) AS r(i), range(2) AS words(word), range(3) AS places(place)
  WHERE place < 2 + md5_number_lower(concat_ws('-', i, word)) % 2
), words AS (
  SELECT i, word, string_agg(syllable, '' ORDER BY place) AS letters FROM syllables GROUP BY i, word
), made AS (
  SELECT i, word, replace(['{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 'New {}', 'Port {}', '{} City', 'Saint {}'][
    (md5_number_lower(concat_ws('-', 'form', i, word)) % 12)::INTEGER + 1], '{}', upper(letters[1]) || letters[2:]) AS made
  FROM words
), facts AS (
  SELECT name.common AS name, subregion AS region, capital[1] AS capital, [1, 2, 3] AS forms
  FROM data
  WHERE NOT $invented AND subregion <> '' AND capital[1] <> '' AND md5_number_lower(name.common) % 10 BETWEEN $from AND $to
  UNION ALL
  SELECT any_value(made) FILTER (word = 0), listed[(md5_number_lower('region' || i) % len(listed))::INTEGER + 1],
    any_value(made) FILTER (word = 1), [(md5_number_lower('form' || i) % 3)::INTEGER + 1]
  FROM made, regions WHERE $invented GROUP BY i, listed
)
SELECT 'In a phrase: ' || [
    name || ' is in ' || region || '. Its capital is ' || capital || '.',
    'The capital of ' || name || ' is ' || capital || '. It is in ' || region || '.',
    'One of the countries in ' || region || ' is ' || name || '. Its capital is ' || capital || '.'
  ][unnest(forms)] AS instruction,
  'A country in ' || region || ' with the capital ' || capital || '.' AS response, name AS entity
FROM facts ORDER BY name, instruction
