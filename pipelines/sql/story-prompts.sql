-- Prompts for a story about a country; the response is the country's name.
-- Source: countries.json of world-countries.
SELECT replace(unnest(['Tell me about {}.', 'Describe {}.', 'What do you know about {}?',
  'Say something about {}.']), '{}', name.common) AS instruction, name.common AS response
FROM data WHERE independent AND subregion <> '' AND capital[1] IS NOT NULL
