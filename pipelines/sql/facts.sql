-- Questions about countries and territories: capital, region, currency and people, in 31 wordings to learn from, six
-- of them answered in a sentence, or in four others. Source: countries.json of world-countries.
-- $second: false for the wordings to learn from; true for the others.
-- $invented: false for countries; true for synthetic names, for which the answer is that it is not known.
-- $from, $to: the tenths of the names to take, by digest.
-- Most of the first wordings stand between other words, so that an unusual word is not taken for a synthetic name.
-- $percent: how many of a hundred of the questions to take, by digest; all that are answered in a sentence.
WITH invented AS (
  SELECT DISTINCT concat(
    ['Bal', 'Cor', 'Dra', 'Fen', 'Gor', 'Hal', 'Jor', 'Kel', 'Lum', 'Mor', 'Nar', 'Oz', 'Pel', 'Pra', 'Rav', 'Sel', 'Tor',
     'Ul', 'Vor', 'Zan'][(md5_number_lower('n' || i) % 20)::INTEGER + 1],
    ['a', 'e', 'i', 'o', 'u'][(md5_number_lower('o' || i) % 5)::INTEGER + 1],
    ['b', 'd', 'g', 'k', 'l', 'm', 'n', 'r', 's', 't', 'v', 'x'][(md5_number_lower('p' || i) % 12)::INTEGER + 1],
    ['ia', 'istan', 'land', 'ora', 'una', 'esia', 'ar', 'onia', 'avia', 'ica'][(md5_number_lower('q' || i) % 10)::INTEGER + 1]
  ) AS name FROM range(900) AS r(i)
), facts AS (
  SELECT name.common AS name, capital[1] AS capital, subregion AS region, map_values(currencies)[1].name AS currency,
    demonyms.eng.m AS people
  FROM data
  WHERE NOT $invented AND subregion <> '' AND capital[1] <> '' AND demonyms.eng.m <> ''
    AND map_values(currencies)[1].name <> ''
  UNION ALL
  SELECT name, 'I do not know.', 'I do not know.', 'I do not know.', 'I do not know.' FROM invented
  WHERE $invented AND name NOT IN (SELECT name.common FROM data)
), chosen AS (
  SELECT * FROM facts WHERE md5_number_lower(name) % 10 BETWEEN $from AND $to
), asked AS (
  SELECT name, capital AS response, unnest(if($second,
    ['Someone asks for the capital of {}. What do you say?', 'Quiz, question one: {}, capital?',
     'Fill in the blank. Capital of {}: ___', 'We fly to {} and want to see its capital. Where do we go?'],
    ['What is the capital of {}?', 'Name the capital of {}.', 'Which city is the capital of {}?',
     'Tell me the capital of {}.', '{}: what is its capital?', 'I would like to know the capital of {}.',
     'Please tell me the capital of {}.', 'Can you name the capital of {}?', 'Do you know the capital of {}?',
     'The capital of {} is which city?', 'About {}: the capital?', 'Complete: the capital of {} is',
     'My question is about {}. What is its capital?', 'Capital of {}, please.', '{}. Capital?',
     'A friend lives in {}. Which city is its capital?', 'Look up the capital: {}',
     'In {}, which city is the capital?', 'And {}, what capital?', '{} has which capital?',
     '{}; the capital?', 'For {}, name its capital.', 'Capital? That of {}.',
     'Now {}, and its capital?', '{}, if you can: capital?'])) AS wording
  FROM chosen
  UNION ALL
  SELECT name, if($invented, capital, 'Its capital is ' || capital || '.'), unnest(
    ['In a sentence: what is the capital of {}?', '{}, its capital, in a sentence.', 'Say in a sentence what the capital of {} is.',
     'One sentence about the capital of {}.', 'Answer in a sentence. Capital of {}?', '{}. Its capital is?'])
  FROM chosen WHERE NOT $second
  UNION ALL
  SELECT name, region AS response, unnest(if($second,
    ['Someone asks for the region of {}. What do you say?', 'Quiz, question two: {}, region?',
     'Fill in the blank. Region of {}: ___', 'We fly to {} and look for its region. Where is that?'],
    ['In which part of the world is {}?', 'Where is {}?', 'Name the region of {}.', 'Tell me where {} is.',
     '{}: where is it?', 'I would like to know where {} is.', 'Please name the region of {}.',
     'Can you tell me where {} is?', 'Which region is {} in?', '{} is in which region?',
     'About {}: the region?', 'Complete: the region of {} is', 'My question is about {}. Where is it?',
     'Region of {}, please.', '{}. Region?', 'A friend lives in {}. Which region is that?',
     'Look up the region: {}', 'On a map, in which region is {}?', 'And {}, what region?', '{} belongs to which region?',
     '{}; the region?', 'For {}, name its region.', 'Region? That of {}.',
     'Now {}, and its region?', '{}, if you can: region?'])) AS wording
  FROM chosen
  UNION ALL
  SELECT name, if($invented, region, 'It is in ' || region || '.'), unnest(
    ['In a sentence: where is {}?', '{}, its region, in a sentence.', 'Say in a sentence where {} is.',
     'One sentence about the region of {}.', 'Answer in a sentence. Region of {}?', '{}. It is in?'])
  FROM chosen WHERE NOT $second
  UNION ALL
  SELECT name, currency AS response, unnest(if($second,
    ['Someone asks for the currency of {}. What do you say?', 'Quiz, question three: {}, currency?',
     'Fill in the blank. Currency of {}: ___', 'We fly to {} and need its currency. What do we buy?'],
    ['What is the currency of {}?', 'Name the currency of {}.', 'Which currency is used in {}?',
     'Tell me the currency of {}.', '{}: what is its currency?', 'I would like to know the currency of {}.',
     'Please tell me the currency of {}.', 'Can you name the currency of {}?', 'What money does {} use?',
     'The currency of {} is which one?', 'About {}: the currency?', 'Complete: the currency of {} is',
     'My question is about {}. What is its currency?', 'Currency of {}, please.', '{}. Currency?',
     'A friend lives in {}. What does she pay in?', 'Look up the currency: {}', 'In {}, what do they pay in?', 'And {}, what currency?', '{} has which currency?',
     '{}; the currency?', 'For {}, name its currency.', 'Currency? That of {}.',
     'Now {}, and its currency?', '{}, if you can: currency?'])) AS wording
  FROM chosen
  UNION ALL
  SELECT name, if($invented, currency, 'They pay in ' || currency || '.'), unnest(
    ['In a sentence: what is the currency of {}?', '{}, its currency, in a sentence.', 'Say in a sentence what the currency of {} is.',
     'One sentence about the currency of {}.', 'Answer in a sentence. Currency of {}?', '{}. They pay in?'])
  FROM chosen WHERE NOT $second
  UNION ALL
  SELECT name, people AS response, unnest(if($second,
    ['Someone asks for the people of {}. What do you say?', 'Quiz, question four: {}, people?',
     'Fill in the blank. People of {}: ___', 'We fly to {} and meet its people. What do we call them?'],
    ['What are people from {} called?', 'Name the people of {}.', 'What is a person from {} called?',
     'Tell me what people from {} are called.', '{}: what are its people called?',
     'I would like to know what people from {} are called.', 'Please name the people of {}.',
     'Can you name the people of {}?', 'What do you call people from {}?', 'The people of {} are called what?',
     'About {}: the people?', 'Complete: the people of {} are called',
     'My question is about {}. What are its people called?', 'People of {}, please.', '{}. People?',
     'A friend lives in {}. What do you call her?', 'Look up the people: {}',
     'In {}, what are the people called?', 'And {}, what people?', '{} has which people?',
     '{}; the people?', 'For {}, name its people.', 'People? That of {}.',
     'Now {}, and its people?', '{}, if you can: people?'])) AS wording
  FROM chosen
  UNION ALL
  SELECT name, if($invented, people, 'Its people are called ' || people || '.'), unnest(
    ['In a sentence: what are people from {} called?', '{}, its people, in a sentence.', 'Say in a sentence what people from {} are called.',
     'One sentence about the people of {}.', 'Answer in a sentence. People of {}?', '{}. Its people are called?'])
  FROM chosen WHERE NOT $second
)
SELECT trim(concat_ws(' ',
    if($second, '', ['', '', '', '', '', '', 'A question:', 'Next:', 'Now this.', 'Item two:', 'Trivia.', 'My turn:', 'I wonder:',
      'For school:', 'Geography:', 'Riddle three:', 'Homework, part six:', 'Exam:', 'Crossword clue,', 'Teacher asks:',
      'Kids, listen:', 'Puzzle:', 'Hmm,', 'Okay, number five:'][
      (md5_number_lower('before' || wording || name) % 24)::INTEGER + 1]),
    replace(wording, '{}', name),
    if($second, '', ['', '', '', '', '', '', 'Thank you.', 'I forget.', 'Be brief.', 'Just that.'][
      (md5_number_lower('after' || wording || name) % 10)::INTEGER + 1]))) AS instruction, response, name AS entity
FROM asked
WHERE md5_number_lower(wording || name) % 100 < $percent OR (response LIKE '%.' AND NOT $invented) ORDER BY name, response, wording
