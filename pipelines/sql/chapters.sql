-- The chapters of a novel, one per row. The digest of a chapter's name decides its tenth, 0 to 9. A line whose words occur in chapters of
-- other tenths, too, is left out ("Sir?"), so that no line is both learned and held out.
-- Source: the novel's lines, with the names of their files.
-- $from, $to: the tenths to take, the first and the last.
WITH lines AS (
  SELECT line, file, trim(regexp_replace(lower(line), '[^\pL\pN]+', ' ', 'g')) AS words, row_number() OVER () AS n,
    md5_number_lower(file) % 10 BETWEEN $from AND $to AS is_taken
  FROM data
)
SELECT string_agg(line, chr(10) ORDER BY n) AS text FROM lines
WHERE is_taken AND (words = '' OR words NOT IN (SELECT words FROM lines WHERE NOT is_taken))
GROUP BY file ORDER BY file
