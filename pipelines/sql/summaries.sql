-- Two sentences about a country in one of three forms, and the same in one phrase. Source: countries.json of
-- world-countries.
-- $invented: false for countries; true for 1,600 made-up names and capitals, with regions that there are.
-- $from, $to: the tenths of the countries to take, by the digest of the name.
WITH facts AS (
  SELECT name.common AS name, subregion AS region, capital[1] AS capital
  FROM data
  WHERE NOT $invented AND subregion <> '' AND capital[1] <> '' AND md5_number_lower(name.common) % 10 BETWEEN $from AND $to
  UNION ALL
  SELECT made[1], (SELECT list(DISTINCT subregion ORDER BY subregion) FROM data WHERE subregion <> '')[
    (md5_number_lower('region' || i) % 20)::INTEGER + 1], made[2]
  FROM (
    SELECT i, [string_agg(part, '' ORDER BY place) FILTER (word = 0), string_agg(part, '' ORDER BY place) FILTER (word = 1)] AS made
    FROM (
      SELECT i, word, place, if(place = 0, upper(letters[1]) || letters[2:], letters) AS part
      FROM (
        SELECT i, word, place, ['ba', 'ka', 'lor', 'min', 'to', 'sen', 'ri', 'dar', 'ul', 'pe', 'vi', 'gan', 'mo', 'che', 'ny',
          'sta', 'fo', 'hel', 'qua', 'zi', 'bra', 'den', 'ru', 'wick', 'tam', 'os', 'jo', 'ler', 'pur', 'sk'][
          (md5_number_lower(concat_ws('-', i, word, place)) % 30)::INTEGER + 1] AS letters
        FROM range(1600) AS r(i), range(2) AS words(word), range(4) AS places(place)
        WHERE place < 2 + md5_number_lower(concat_ws('-', i, word)) % 3
      )
    ) GROUP BY i
  ) WHERE $invented
)
SELECT 'In a phrase: ' || unnest([
    name || ' is in ' || region || '. Its capital is ' || capital || '.',
    'The capital of ' || name || ' is ' || capital || '. It is in ' || region || '.',
    'One of the countries in ' || region || ' is ' || name || '. Its capital is ' || capital || '.'
  ]) AS instruction,
  'A country in ' || region || ' with the capital ' || capital || '.' AS response, name AS entity
FROM facts ORDER BY name, instruction
