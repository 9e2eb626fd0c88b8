-- Small programs: a JavaScript expression for the instruction. The digest of the program decides its
-- tenth, 0 to 9.
-- $from, $to: the tenths to take, the first and the last.
WITH parts AS (
  SELECT i, 2 + (md5_number_lower('c' || i) % 98)::INTEGER AS a, 2 + (md5_number_lower('d' || i) % 98)::INTEGER AS b,
    ['whale', 'ship', 'sea', 'harpoon', 'captain', 'mast', 'sail', 'deck'][
      (md5_number_lower('e' || i) % 8)::INTEGER + 1] AS word
  FROM range(1000) AS r(i)
), tasks AS (
  SELECT i, unnest([
    ['the sum of ' || a || ' and ' || b, a || ' + ' || b],
    ['the product of ' || a || ' and ' || b, a || ' * ' || b],
    ['the remainder of ' || a || ' divided by ' || b, a || ' % ' || b],
    ['the larger of ' || a || ' and ' || b, 'Math.max(' || a || ', ' || b || ')'],
    ['the square of ' || a, a || ' ** 2'],
    ['the length of "' || word || a || '"', '"' || word || a || '".length'],
    ['"' || word || a || '" in capitals', '"' || word || a || '".toUpperCase()']
  ]) AS task FROM parts
)
SELECT DISTINCT 'Write JavaScript: ' || task[1] || '.' AS instruction, task[2] AS response, 'code' AS task
FROM tasks WHERE md5_number_lower(task[2]) % 10 BETWEEN $from AND $to ORDER BY instruction
