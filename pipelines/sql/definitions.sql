-- Text: the nouns of WordNet, each with its meaning, one per line.
-- Source: the lines of dict/data.noun. A line holds the word in its fifth place, and its meaning after a bar.
SELECT replace(split_part(line, ' ', 5), '_', ' ') || ': ' || trim(split_part(line, '|', 2)) AS text
FROM data
WHERE line LIKE '% | %'
