-- Documents of a novel with pairs of synthetic words hidden in them, and questions for them at the end. A document is some
-- lines of the novel, a note of each pair (a key and its value), and then every key with its value, several times, in an
-- order of its own. A phrase precedes every note of a document, and another one every question.
-- A word has two syllables ("KA-ZU"; in capitals, because the novel's own "to" and "he" are syllables, too). A phrase is how
-- a line of the novel begins, one to three words of it. The digests of a word's syllables, in small letters, of a phrase and
-- of a chapter's name decide their tenths, 0 to 9.
-- Source: the novel's lines, with the names of their files.
-- $from, $to: the tenths of chapters, words and phrases to take, the first and the last.
-- $documents: the number of documents.
-- $sizes, $length: a document has one of the sizes, in thousandths of the length, as its number of lines.
-- $margin: lines at the novel's end in which no document begins.
-- $pairs: a document hides one of these numbers of pairs.
-- $turns: how often it asks for each of them.
WITH parts AS (
  SELECT unnest(regexp_extract_all(line, '.{1,60}( |$)')) AS part
  FROM data WHERE md5_number_lower(file) % 10 BETWEEN $from AND $to
),
lines AS (SELECT part, row_number() OVER () - 1 AS n FROM parts WHERE trim(part) <> ''),
documents AS (
  SELECT i, ($length * $sizes[1 + (hash(i, 'size') % len($sizes))::INT] / 1000)::INT AS size,
    (hash(i, 'start') % (SELECT count(*) - $margin FROM lines))::INT AS start,
    $pairs[1 + (hash(i, 'pairs') % len($pairs))::INT] AS pairs
  FROM generate_series(1, $documents) AS numbers(i)
),
syllables AS (
  SELECT c || v AS syllable FROM unnest(string_split('b d f g h j k l m n p r s t v z', ' ')) AS consonants(c),
    unnest(['a', 'e', 'i', 'o', 'u']) AS vowels(v)
),
words AS (
  SELECT upper(one.syllable || '-' || two.syllable) AS word, row_number() OVER (ORDER BY word) - 1 AS n
  FROM syllables AS one, syllables AS two
  WHERE md5_number_lower(one.syllable || two.syllable) % 10 BETWEEN $from AND $to
),
-- No key occurs twice in one document: it would have two answers.
pairs AS (
  SELECT i, size, pair, keys.word AS key, answers.word AS value
  FROM (SELECT *, unnest(range(pairs)) AS pair FROM documents), (SELECT count(*) AS count FROM words)
  JOIN words AS keys ON keys.n = hash(i, pair, 'key') % count
  JOIN words AS answers ON answers.n = hash(i, pair, 'value') % count
  QUALIFY row_number() OVER (PARTITION BY i, key ORDER BY pair) = 1
),
openings AS (
  SELECT DISTINCT array_to_string(string_split(trim(part), ' ')[:words], ' ') AS opening
  FROM parts, range(1, 4) AS counts(words)
),
phrases AS (
  SELECT opening, row_number() OVER (ORDER BY opening) - 1 AS n FROM openings
  WHERE regexp_full_match(opening, '[A-Za-z]+( [a-z]+)*[,;:]?') AND md5_number_lower(opening) % 10 BETWEEN $from AND $to
),
-- What a document says of a pair: once where the note stands, and $turns times at the end.
mentions AS (
  SELECT i, size, pair, key, value, turn, hash(i, turn = 0, 'phrase') % (SELECT count(*) FROM phrases) AS phrase
  FROM pairs, range(1 + $turns) AS turns(turn)
),
pieces AS (
  SELECT i, place, 0 AS tie, trim(part) || chr(10) AS piece
  FROM (SELECT i, start, unnest(range(size)) AS place FROM documents) JOIN lines ON n = start + place
  UNION ALL
  SELECT i, CASE turn WHEN 0 THEN (hash(i, pair, 'place') % (size + 1))::INT - 0.5 ELSE 10000 END,
    CASE turn WHEN 0 THEN pair ELSE (hash(i, pair, turn, 'turn') % 1000)::INT END,
    chr(10) || opening || ' ' || key || ' ' || value || '.' || chr(10)
  FROM mentions JOIN phrases ON n = phrase
)
-- Pieces are ordered by everything that distinguishes them: with equal ranks the execution plan would decide their order.
SELECT string_agg(piece, '' ORDER BY place, tie, piece) AS text FROM pieces GROUP BY i ORDER BY i
