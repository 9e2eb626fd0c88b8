-- Questions about common nouns: what does the word mean?
-- Source: the lines of WordNet's dict/index.noun (a word, how many of its meanings are common, and their places) and
-- dict/data.noun (at each place, a meaning).
WITH words AS (
  SELECT split_part(line, ' ', 1) AS word,
    try_cast(regexp_extract(line, ' ([0-9]+) [0-9]{8}', 1) AS INTEGER) AS common,
    regexp_extract(line, ' ([0-9]{8})', 1) AS place
  FROM data WHERE file = 'dict/index.noun'
), meanings AS (
  SELECT split_part(line, ' ', 1) AS place, trim(regexp_extract(line, '[|] ([^;(]*)', 1)) AS meaning
  FROM data WHERE file = 'dict/data.noun'
), chosen AS (
  SELECT word, meaning, if(word[1] IN ('a', 'e', 'i', 'o', 'u'), 'an ', 'a ') || word AS a_word
  FROM words JOIN meanings USING (place)
  WHERE common >= 3 AND word <> 'loss' AND word SIMILAR TO '[a-z]{3,8}' AND length(meaning) BETWEEN 10 AND 40
  ORDER BY word
)
SELECT replace(replace(unnest(
  ['What is {a word}?', 'Define {word}.', 'What does {word} mean?', 'Tell me what {a word} is.',
   'Explain {word}.', '{word}: what does it mean?', 'I would like to know what {a word} is.',
   'Please explain {word}.', 'Can you define {word}?', 'Give the meaning of {word}.']
), '{word}', word), '{a word}', a_word) AS instruction, meaning AS response FROM chosen
