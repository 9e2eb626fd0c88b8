SELECT line AS text FROM data
