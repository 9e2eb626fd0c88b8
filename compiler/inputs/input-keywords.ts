/**
 * The JSON Schema keywords that inputs usually need, with their meaning: proposed for misspelled
 * ones, shown by editors.
 */
export const inputKeywords = {
  type: "string, integer, number, boolean, array or object",
  default: "the value if the run does not set the input",
  description: "what the input is for",
  enum: "the values allowed",
  const: "the only value allowed",
  minimum: "the smallest number allowed",
  maximum: "the largest number allowed",
  exclusiveMinimum: "the number must be greater than this",
  exclusiveMaximum: "the number must be smaller than this",
  multipleOf: "the number must be a multiple of this",
  minLength: "minimum number of characters of a string",
  maxLength: "maximum number of characters of a string",
  pattern: "a regular expression that strings must match",
  items: "the schema of a list's items",
  minItems: "minimum number of items of a list",
  maxItems: "maximum number of items of a list",
  properties: "the schemas of an object's properties, by name",
  required: "the properties that an object must have",
  additionalProperties: "whether an object may have other properties, or their schema",
} as const;
