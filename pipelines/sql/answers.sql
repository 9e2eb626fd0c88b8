-- Messages of a conversation (`said`), the answers to them (`answer`), and those to other messages, which are about as long
-- (`other`). Consecutive messages of one person are joined.
-- Source: dataset.json of chitchat-dataset, an object of conversations on one line.
-- $unseen: true for conversations that anyone of a tenth of the people (by the digest of the name) takes part in; false for
-- the others, which hold no messages of these people.
WITH conversations AS (
  SELECT entry.key AS conversation,
    from_json(entry.value, '{"messages": [[{"text": "VARCHAR", "sender": "VARCHAR"}]]}').messages AS messages
  FROM (SELECT unnest(map_entries(from_json(line, '"MAP(VARCHAR, JSON)"'))) AS entry FROM data)
), turns AS (
  SELECT conversation, generate_subscripts(messages, 1) AS place, unnest(messages) AS parts FROM conversations
), said AS (
  SELECT conversation, place, parts[1].sender AS person,
    trim(regexp_replace(array_to_string([part.text FOR part IN parts], ' '), '\s+', ' ', 'g')) AS words
  FROM turns WHERE len(parts) > 0
), chosen AS (
  SELECT *, bool_or(md5_number_lower(person) % 10 = 9) OVER (PARTITION BY conversation) AS isUnseen
  FROM said WHERE words <> ''
), answered AS (
  SELECT conversation, place, words, lead(words) OVER (PARTITION BY conversation ORDER BY place) AS answer
  FROM chosen WHERE isUnseen = $unseen
)
SELECT conversation AS entity, words AS said, answer,
  lead(answer) OVER (ORDER BY length(answer), md5(conversation || place)) AS other
FROM answered WHERE answer IS NOT NULL ORDER BY conversation, place
