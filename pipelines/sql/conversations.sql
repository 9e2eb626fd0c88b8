-- Conversations of two people, one message per line. Consecutive messages of one person are joined.
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
)
SELECT string_agg(words, chr(10) ORDER BY place) AS text FROM chosen WHERE isUnseen = $unseen
GROUP BY conversation ORDER BY conversation
