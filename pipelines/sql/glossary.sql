-- Questions about the terms of machine learning.
-- Source: pipelines/data/glossary.jsonl, with a term, its name in a sentence, and its definition.
-- No wording is "What is …?": the demo asks in this form.
SELECT replace(replace(unnest(
  ['Define {term}.', 'What does {term} mean?', 'Tell me what {name} is.', 'Explain {term}.',
   '{term}: what does it mean?', 'I would like to know what {name} is.',
   'Please explain {term}.', 'Can you define {term}?', 'Give the meaning of {term}.']
), '{term}', term), '{name}', name) AS instruction, definition AS response FROM data
