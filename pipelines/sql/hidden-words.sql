-- Documents of a novel with pairs of synthetic words hidden in them, and questions for them at the end. A document is some lines of the
-- novel, a note of each pair (a key and its value), and then every key with its value, three times, in an order of its own.
-- A word has two syllables. The digests of a word, and of a chapter's name, decide their tenths, 0 to 9.
-- Source: the novel's lines, with the names of their files.
-- $from, $to: the tenths of chapters and words to take, the first and the last.
-- $documents: the number of documents.
-- $sizes, $length: a document has one of the sizes, in thousandths of the length, as its number of lines.
-- $margin: lines at the novel's end in which no document begins.
-- $allPairs: true to hide six pairs; false to hide four of them, and one more for each line up to two.
WITH parts AS (
  SELECT unnest(regexp_extract_all(line, '.{1,60}( |$)')) AS part
  FROM data WHERE md5_number_lower(file) % 10 BETWEEN $from AND $to
),
lines AS (SELECT part, row_number() OVER () - 1 AS n FROM parts WHERE trim(part) <> ''),
documents AS (
  SELECT i, ($length * $sizes[1 + (hash(i, 'size') % len($sizes))::INT] / 1000)::INT AS size,
    (hash(i, 'start') % (SELECT count(*) - $margin FROM lines))::INT AS start
  FROM generate_series(1, $documents) AS numbers(i)
),
syllables AS (
  SELECT c || v AS syllable FROM unnest(string_split('b d f g h j k l m n p r s t v z', ' ')) AS consonants(c),
    unnest(['a', 'e', 'i', 'o', 'u']) AS vowels(v)
),
words AS (
  SELECT list(one.syllable || two.syllable ORDER BY one.syllable || two.syllable) AS words
  FROM syllables AS one, syllables AS two
  WHERE md5_number_lower(one.syllable || two.syllable) % 10 BETWEEN $from AND $to
),
-- No key occurs twice in one document: it would have two answers.
pairs AS (
  SELECT i, size, pair, words[1 + (hash(i, pair, 'key') % len(words))::INT] AS key,
    words[1 + (hash(i, pair, 'value') % len(words))::INT] AS value
  FROM documents, range(6) AS numbers(pair), words
  WHERE $allPairs OR pair < 4 + least(size, 2)
  QUALIFY row_number() OVER (PARTITION BY i, key ORDER BY pair) = 1
),
pieces AS (
  SELECT i, lines.n - start AS place, 0 AS tie, trim(part) || chr(10) AS piece
  FROM documents JOIN lines ON lines.n >= start AND lines.n < start + size
  UNION ALL
  SELECT i, (hash(i, pair, 'place') % (size + 1))::INT - 0.5, pair, chr(10)
    || ['Note:', 'Mark that', 'He wrote down', 'It is said that'][1 + (hash(i, pair, 'note') % 4)::INT]
    || ' ' || key || ' ' || value || '.' || chr(10)
  FROM pairs
  UNION ALL
  SELECT i, 10000, (hash(i, pair, turn, 'turn') % 1000)::INT, chr(10)
    || ['Now', 'Again', 'So', 'And'][1 + (hash(i, pair, turn, 'question') % 4)::INT]
    || ' ' || key || ' ' || value || '.' || chr(10)
  FROM pairs, range(3) AS turns(turn)
)
-- Pieces are ordered by everything that distinguishes them: with equal ranks the execution plan would decide their order.
SELECT string_agg(piece, '' ORDER BY place, tie, piece) AS text FROM pieces GROUP BY i ORDER BY i
