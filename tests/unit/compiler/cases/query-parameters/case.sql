SELECT $first, $First FROM data
