-- Additions of two numbers of three digits. The digest of an addition decides its tenth, 0 to 9.
-- $from, $to: the tenths to take, the first and the last.
-- $stepByStep: true to write three answers in ten step by step, column by column, and to name no task.
-- $maximum: at most this many rows.
WITH numbers AS (
  SELECT i, 100 + (md5_number_lower('a' || i) % 900)::INTEGER AS a,
    100 + (md5_number_lower('b' || i) % 900)::INTEGER AS b FROM range(10000) AS r(i)
), digits AS (
  SELECT *, a % 10 AS a1, b % 10 AS b1, a // 10 % 10 AS a2, b // 10 % 10 AS b2, a // 100 AS a3, b // 100 AS b3
  FROM numbers WHERE md5_number_lower(a || '+' || b) % 10 BETWEEN $from AND $to
), carries AS (
  SELECT *, (a1 + b1) // 10 AS c1, (a2 + b2 + (a1 + b1) // 10) // 10 AS c2 FROM digits
)
SELECT ['What is ' || a || ' + ' || b || '?', 'Add ' || a || ' and ' || b || '.'][i % 2 + 1] AS instruction,
  CASE WHEN NOT $stepByStep OR i % 10 < 7 THEN (a + b)::VARCHAR
  ELSE a1 || '+' || b1 || '=' || (a1 + b1) || ', '
    || a2 || '+' || b2 || '+' || c1 || '=' || (a2 + b2 + c1) || ', '
    || a3 || '+' || b3 || '+' || c2 || '=' || (a3 + b3 + c2) || ': ' || (a + b) END AS response,
  CASE WHEN NOT $stepByStep THEN 'addition' END AS task
FROM carries ORDER BY i LIMIT $maximum
