-- $comment is no parameter
SELECT '$text' AS text, "$name"
FROM data
WHERE line >= $first AND list_contains($words, word) AND $first > 0
