-- Documents of a novel with things hidden in them, and questions for those things at the end. A document is some lines
-- of the novel, a note of a thing of each kind (fruit, instrument and others), and then every kind with its thing,
-- three times, in an order of its own.
-- Source: the novel's lines.
-- $documents: how many.
-- $sizes, $length: a document has one of the sizes, in thousandths of the length, as its number of lines.
-- $margin: lines at the novel's end in which no document begins.
-- $allKinds: true to hide a thing of each kind; false to hide four of them, and one more for each line up to two.
WITH parts AS (SELECT unnest(regexp_extract_all(line, '.{1,60}( |$)')) AS part FROM data),
lines AS (SELECT part, row_number() OVER () - 1 AS n FROM parts WHERE trim(part) <> ''),
documents AS (
  SELECT i, ($length * $sizes[1 + (hash(i, 'size') % len($sizes))::INT] / 1000)::INT AS size,
    (hash(i, 'start') % (SELECT count(*) - $margin FROM lines))::INT AS start
  FROM generate_series(1, $documents) AS numbers(i)
),
kinds AS (
  SELECT unnest(['fruit', 'instrument', 'gem', 'herb', 'dance', 'sport']) AS kind, unnest([
    ['apricot','banana','grape','lemon','lychee','mango','melon','papaya','peach','plum','quince','raspberry'],
    ['accordion','banjo','cello','clarinet','flute','guitar','harp','lute','oboe','piano','trombone','violin'],
    ['amethyst','beryl','emerald','garnet','jade','onyx','opal','quartz','ruby','sapphire','topaz','turquoise'],
    ['basil','chive','coriander','dill','fennel','lavender','oregano','parsley','rosemary','saffron','tarragon','thyme'],
    ['bolero','cancan','foxtrot','flamenco','mazurka','minuet','polka','rumba','salsa','samba','tango','waltz'],
    ['archery','badminton','curling','fencing','golf','hockey','judo','karate','polo','rugby','squash','tennis']
  ]) AS words
),
hidden AS (
  SELECT i, size, kind, words[1 + (hash(i, kind, 'word') % 12)::INT] AS word,
    row_number() OVER (PARTITION BY i ORDER BY hash(i, kind, 'order')) AS rank
  FROM documents, kinds
),
chosen AS (SELECT * FROM hidden WHERE $allKinds OR rank <= 4 + least(size, 2)),
pieces AS (
  SELECT i, lines.n - start AS place, 0 AS tie, trim(part) || chr(10) AS piece
  FROM documents JOIN lines ON lines.n >= start AND lines.n < start + size
  UNION ALL
  SELECT i, (hash(i, kind, 'place') % (size + 1))::INT - 0.5, rank, chr(10) || 'Note: ' || word || '.' || chr(10)
  FROM chosen
  UNION ALL
  SELECT i, 10000, (hash(i, kind, turn, 'turn') % 1000)::INT, chr(10) || kind || ' ' || word || '.' || chr(10)
  FROM chosen, range(3) AS turns(turn)
)
-- Pieces are ordered by all that tells them apart: equal ranks would leave their order to the plan of execution.
SELECT string_agg(piece, '' ORDER BY place, tie, piece) AS text FROM pieces GROUP BY i ORDER BY i
