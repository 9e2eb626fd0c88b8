-- Questions about the terms of machine learning.
-- Source: pipelines/data/glossary.jsonl, with a term, its name in a sentence, and its definition.
-- $unseen: false for the wordings to learn from; true for others about the same terms, to evaluate with.
SELECT replace(replace(unnest(if($unseen,
  ['What is {name}?', 'Please define {term}.'],
  ['Define {term}.', 'What does {term} mean?', 'Tell me what {name} is.', 'Explain {term}.',
   '{term}: what does it mean?', 'I would like to know what {name} is.',
   'Please explain {term}.', 'Can you define {term}?', 'Give the meaning of {term}.']
)), '{term}', term), '{name}', name) AS instruction, definition AS response FROM data
