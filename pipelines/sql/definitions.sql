-- Text: the nouns of WordNet, each with what it means, one a line.
-- Source: the lines of dict/data.noun. A line holds the word in its fifth place, and its meaning behind a bar.
SELECT replace(split_part(line, ' ', 5), '_', ' ') || ': ' || trim(split_part(line, '|', 2)) AS text
FROM data
WHERE line LIKE '% | %'
