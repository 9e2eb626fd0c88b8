-- Questions about countries: capital, region, currency and people, each in several wordings.
-- Source: countries.json of world-countries.
-- $unseen: false for the wordings to learn from; true for others about the same facts, to evaluate with.
SELECT replace(unnest(if($unseen,
  ['Please name the capital of {}.', 'What city is the capital of {}?'],
  ['What is the capital of {}?', 'Name the capital of {}.', 'Which city is the capital of {}?',
   'Tell me the capital of {}.', '{}: what is its capital?', 'I would like to know the capital of {}.',
   'Please tell me the capital of {}.', 'Can you name the capital of {}?', 'Do you know the capital of {}?']
)), '{}', name.common) AS instruction, capital[1] AS response FROM data WHERE independent
UNION ALL
SELECT replace(unnest(if($unseen,
  ['Please tell me where {} is.', 'Which part of the world is {} in?'],
  ['In which part of the world is {}?', 'Where is {}?', 'Name the region of {}.',
   'Tell me where {} is.', '{}: where is it?', 'I would like to know where {} is.',
   'Please name the region of {}.', 'Can you tell me where {} is?', 'Which region is {} in?']
)), '{}', name.common), subregion FROM data WHERE independent
UNION ALL
SELECT replace(unnest(if($unseen,
  ['Please name the currency of {}.', 'Which currency does {} use?'],
  ['What is the currency of {}?', 'Name the currency of {}.', 'Which currency is used in {}?',
   'Tell me the currency of {}.', '{}: what is its currency?', 'I would like to know the currency of {}.',
   'Please tell me the currency of {}.', 'Can you name the currency of {}?', 'What money does {} use?']
)), '{}', name.common), map_values(currencies)[1].name FROM data WHERE independent
UNION ALL
SELECT replace(unnest(if($unseen,
  ['Please tell me what people from {} are called.', 'What do you call a person from {}?'],
  ['What are people from {} called?', 'Name the people of {}.', 'What is a person from {} called?',
   'Tell me what people from {} are called.', '{}: what are its people called?',
   'I would like to know what people from {} are called.', 'Please name the people of {}.',
   'Can you name the people of {}?', 'What do you call people from {}?']
)), '{}', name.common), demonyms.eng.m FROM data WHERE independent
