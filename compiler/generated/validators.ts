/* eslint-disable */
// @ts-nocheck
// Written by `npm run generate`; do not edit.
import type { ValidateFunction } from "ajv";
import ucs2length from "ajv/dist/runtime/ucs2length.js";
export const definition = validate21;
const schema6 = {"additionalProperties":false,"type":"object","required":["name","stages"],"properties":{"name":{"pattern":"^[a-z0-9][a-z0-9._-]{0,63}$","description":"the pipeline's name","type":"string"},"description":{"description":"what it does","type":"string"},"seed":{"minimum":0,"maximum":4294967295,"description":"root of all random numbers of a run","type":"integer"},"inputs":{"additionalProperties":false,"description":"what a run may be given; each body is a JSON Schema, with its default","type":"object","patternProperties":{"^[A-Za-z][A-Za-z0-9_-]{0,63}$":{"description":"a JSON Schema","type":"object","properties":{}}}},"defaults":{"additionalProperties":false,"description":"settings of all stages","type":"object","properties":{"retry":{"additionalProperties":false,"description":"how often, and how soon, a failed attempt is made again","type":"object","properties":{"maxAttempts":{"minimum":1,"maximum":1000,"description":"attempts in all, for failures that may pass","type":"integer"},"interval":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"wait before the second attempt","x-duration":true,"type":"string"},"factor":{"minimum":1,"maximum":100,"description":"the wait grows by this factor","type":"number"},"maxInterval":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"longest wait","x-duration":true,"type":"string"},"on":{"additionalProperties":false,"description":"budgets of their own, counted from the last attempt that made progress","type":"object","properties":{"preempted":{"minimum":0,"maximum":100000,"description":"further attempts when the machine is taken away","type":"integer"},"lost":{"minimum":0,"maximum":100000,"description":"further attempts when the worker falls silent","type":"integer"},"outOfMemory":{"minimum":0,"maximum":100,"description":"further attempts when memory runs out","type":"integer"}}}}},"timeout":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"longest time one attempt may take","x-duration":true,"type":"string"},"heartbeat":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"a worker silent for so long is taken for lost; at least 1s","x-duration":true,"type":"string"},"checkpoint":{"additionalProperties":false,"description":"how often the state is saved","type":"object","properties":{"every":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"time between checkpoints","x-duration":true,"type":"string"},"keep":{"minimum":1,"maximum":1000,"description":"how many are kept","type":"integer"}}},"resources":{"additionalProperties":false,"description":"what the worker must have","type":"object","properties":{"gpu":{"minimum":0,"maximum":1,"description":"1: runs on a GPU worker","type":"integer"}}},"cache":{"type":["boolean","object"],"properties":{"ttl":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"a result is used again while it is younger","x-duration":true,"type":"string"}},"required":["ttl"],"additionalProperties":false,"description":"true: a result of the same key is used again; false: never; {ttl}: while it is young enough"},"onFailure":{"type":"string","enum":["fail","park","continue"],"description":"fail: the run fails; park: the stage waits for retry, skip or abort; continue: the run goes on without it"}}},"stages":{"additionalProperties":false,"minProperties":1,"maxProperties":1000,"description":"what is done; order does not matter","type":"object","patternProperties":{"^[A-Za-z][A-Za-z0-9_-]{0,63}$":{"additionalProperties":false,"type":"object","required":["uses"],"properties":{"uses":{"type":"string","enum":["dataset","tokenize","pretrain","sft","extend-context","collect-preferences","reward-model","ppo","grpo","evaluate","generate","export","social-network","hold-out-links","graph-featurize","table-model"],"description":"the stage's type"},"with":{"description":"the stage's settings","type":"object","properties":{}},"needs":{"type":["string","array"],"items":{"type":"string"},"description":"stages that must end first, beside those whose outputs are used"},"if":{"type":["string","boolean"],"description":"runs only if this holds; success() when absent"},"retry":{"additionalProperties":false,"description":"how often, and how soon, a failed attempt is made again","type":"object","properties":{"maxAttempts":{"minimum":1,"maximum":1000,"description":"attempts in all, for failures that may pass","type":"integer"},"interval":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"wait before the second attempt","x-duration":true,"type":"string"},"factor":{"minimum":1,"maximum":100,"description":"the wait grows by this factor","type":"number"},"maxInterval":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"longest wait","x-duration":true,"type":"string"},"on":{"additionalProperties":false,"description":"budgets of their own, counted from the last attempt that made progress","type":"object","properties":{"preempted":{"minimum":0,"maximum":100000,"description":"further attempts when the machine is taken away","type":"integer"},"lost":{"minimum":0,"maximum":100000,"description":"further attempts when the worker falls silent","type":"integer"},"outOfMemory":{"minimum":0,"maximum":100,"description":"further attempts when memory runs out","type":"integer"}}}}},"timeout":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"longest time one attempt may take","x-duration":true,"type":"string"},"heartbeat":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"a worker silent for so long is taken for lost; at least 1s","x-duration":true,"type":"string"},"checkpoint":{"additionalProperties":false,"description":"how often the state is saved","type":"object","properties":{"every":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"time between checkpoints","x-duration":true,"type":"string"},"keep":{"minimum":1,"maximum":1000,"description":"how many are kept","type":"integer"}}},"resources":{"additionalProperties":false,"description":"what the worker must have","type":"object","properties":{"gpu":{"minimum":0,"maximum":1,"description":"1: runs on a GPU worker","type":"integer"}}},"cache":{"type":["boolean","object"],"properties":{"ttl":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"a result is used again while it is younger","x-duration":true,"type":"string"}},"required":["ttl"],"additionalProperties":false,"description":"true: a result of the same key is used again; false: never; {ttl}: while it is young enough"},"onFailure":{"type":"string","enum":["fail","park","continue"],"description":"fail: the run fails; park: the stage waits for retry, skip or abort; continue: the run goes on without it"}}}}},"outputs":{"additionalProperties":false,"description":"what the run gives back","type":"object","patternProperties":{"^[A-Za-z][A-Za-z0-9_-]{0,63}$":{}}}}};
const pattern0 = new RegExp("^[a-z0-9][a-z0-9._-]{0,63}$", "u");
const pattern1 = new RegExp("^[A-Za-z][A-Za-z0-9_-]{0,63}$", "u");
const pattern3 = new RegExp("^[1-9][0-9]{0,7}(ms|s|m|h|d)$", "u");
const func2 = Object.prototype.hasOwnProperty;

function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.stages === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "stages"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!(((((((key0 === "name") || (key0 === "description")) || (key0 === "seed")) || (key0 === "inputs")) || (key0 === "defaults")) || (key0 === "stages")) || (key0 === "outputs"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern0.test(data0)){
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.description !== undefined){
if(typeof data.description !== "string"){
const err5 = {instancePath:instancePath+"/description",schemaPath:"#/properties/description/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.seed !== undefined){
let data2 = data.seed;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err6 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 > 4294967295 || isNaN(data2)){
const err7 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4294967295}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data2 < 0 || isNaN(data2)){
const err8 = {instancePath:instancePath+"/seed",schemaPath:"#/properties/seed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
if(data.inputs !== undefined){
let data3 = data.inputs;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
for(const key1 in data3){
if(!(pattern1.test(key1))){
const err9 = {instancePath:instancePath+"/inputs",schemaPath:"#/properties/inputs/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
for(const key2 in data3){
if(pattern1.test(key2)){
let data4 = data3[key2];
if(!(data4 && typeof data4 == "object" && !Array.isArray(data4))){
const err10 = {instancePath:instancePath+"/inputs/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/inputs/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
}
else {
const err11 = {instancePath:instancePath+"/inputs",schemaPath:"#/properties/inputs/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.defaults !== undefined){
let data5 = data.defaults;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key3 in data5){
if(!(((((((key3 === "retry") || (key3 === "timeout")) || (key3 === "heartbeat")) || (key3 === "checkpoint")) || (key3 === "resources")) || (key3 === "cache")) || (key3 === "onFailure"))){
const err12 = {instancePath:instancePath+"/defaults",schemaPath:"#/properties/defaults/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data5.retry !== undefined){
let data6 = data5.retry;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key4 in data6){
if(!(((((key4 === "maxAttempts") || (key4 === "interval")) || (key4 === "factor")) || (key4 === "maxInterval")) || (key4 === "on"))){
const err13 = {instancePath:instancePath+"/defaults/retry",schemaPath:"#/properties/defaults/properties/retry/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data6.maxAttempts !== undefined){
let data7 = data6.maxAttempts;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err14 = {instancePath:instancePath+"/defaults/retry/maxAttempts",schemaPath:"#/properties/defaults/properties/retry/properties/maxAttempts/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 1000 || isNaN(data7)){
const err15 = {instancePath:instancePath+"/defaults/retry/maxAttempts",schemaPath:"#/properties/defaults/properties/retry/properties/maxAttempts/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data7 < 1 || isNaN(data7)){
const err16 = {instancePath:instancePath+"/defaults/retry/maxAttempts",schemaPath:"#/properties/defaults/properties/retry/properties/maxAttempts/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
if(data6.interval !== undefined){
let data8 = data6.interval;
if(typeof data8 === "string"){
if(!pattern3.test(data8)){
const err17 = {instancePath:instancePath+"/defaults/retry/interval",schemaPath:"#/properties/defaults/properties/retry/properties/interval/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/defaults/retry/interval",schemaPath:"#/properties/defaults/properties/retry/properties/interval/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data6.factor !== undefined){
let data9 = data6.factor;
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 100 || isNaN(data9)){
const err19 = {instancePath:instancePath+"/defaults/retry/factor",schemaPath:"#/properties/defaults/properties/retry/properties/factor/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data9 < 1 || isNaN(data9)){
const err20 = {instancePath:instancePath+"/defaults/retry/factor",schemaPath:"#/properties/defaults/properties/retry/properties/factor/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/defaults/retry/factor",schemaPath:"#/properties/defaults/properties/retry/properties/factor/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data6.maxInterval !== undefined){
let data10 = data6.maxInterval;
if(typeof data10 === "string"){
if(!pattern3.test(data10)){
const err22 = {instancePath:instancePath+"/defaults/retry/maxInterval",schemaPath:"#/properties/defaults/properties/retry/properties/maxInterval/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/defaults/retry/maxInterval",schemaPath:"#/properties/defaults/properties/retry/properties/maxInterval/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data6.on !== undefined){
let data11 = data6.on;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
for(const key5 in data11){
if(!(((key5 === "preempted") || (key5 === "lost")) || (key5 === "outOfMemory"))){
const err24 = {instancePath:instancePath+"/defaults/retry/on",schemaPath:"#/properties/defaults/properties/retry/properties/on/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data11.preempted !== undefined){
let data12 = data11.preempted;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
const err25 = {instancePath:instancePath+"/defaults/retry/on/preempted",schemaPath:"#/properties/defaults/properties/retry/properties/on/properties/preempted/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 > 100000 || isNaN(data12)){
const err26 = {instancePath:instancePath+"/defaults/retry/on/preempted",schemaPath:"#/properties/defaults/properties/retry/properties/on/properties/preempted/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(data12 < 0 || isNaN(data12)){
const err27 = {instancePath:instancePath+"/defaults/retry/on/preempted",schemaPath:"#/properties/defaults/properties/retry/properties/on/properties/preempted/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
if(data11.lost !== undefined){
let data13 = data11.lost;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err28 = {instancePath:instancePath+"/defaults/retry/on/lost",schemaPath:"#/properties/defaults/properties/retry/properties/on/properties/lost/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 100000 || isNaN(data13)){
const err29 = {instancePath:instancePath+"/defaults/retry/on/lost",schemaPath:"#/properties/defaults/properties/retry/properties/on/properties/lost/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(data13 < 0 || isNaN(data13)){
const err30 = {instancePath:instancePath+"/defaults/retry/on/lost",schemaPath:"#/properties/defaults/properties/retry/properties/on/properties/lost/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
if(data11.outOfMemory !== undefined){
let data14 = data11.outOfMemory;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
const err31 = {instancePath:instancePath+"/defaults/retry/on/outOfMemory",schemaPath:"#/properties/defaults/properties/retry/properties/on/properties/outOfMemory/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 > 100 || isNaN(data14)){
const err32 = {instancePath:instancePath+"/defaults/retry/on/outOfMemory",schemaPath:"#/properties/defaults/properties/retry/properties/on/properties/outOfMemory/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data14 < 0 || isNaN(data14)){
const err33 = {instancePath:instancePath+"/defaults/retry/on/outOfMemory",schemaPath:"#/properties/defaults/properties/retry/properties/on/properties/outOfMemory/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
}
else {
const err34 = {instancePath:instancePath+"/defaults/retry/on",schemaPath:"#/properties/defaults/properties/retry/properties/on/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
}
else {
const err35 = {instancePath:instancePath+"/defaults/retry",schemaPath:"#/properties/defaults/properties/retry/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data5.timeout !== undefined){
let data15 = data5.timeout;
if(typeof data15 === "string"){
if(!pattern3.test(data15)){
const err36 = {instancePath:instancePath+"/defaults/timeout",schemaPath:"#/properties/defaults/properties/timeout/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/defaults/timeout",schemaPath:"#/properties/defaults/properties/timeout/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data5.heartbeat !== undefined){
let data16 = data5.heartbeat;
if(typeof data16 === "string"){
if(!pattern3.test(data16)){
const err38 = {instancePath:instancePath+"/defaults/heartbeat",schemaPath:"#/properties/defaults/properties/heartbeat/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath:instancePath+"/defaults/heartbeat",schemaPath:"#/properties/defaults/properties/heartbeat/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data5.checkpoint !== undefined){
let data17 = data5.checkpoint;
if(data17 && typeof data17 == "object" && !Array.isArray(data17)){
for(const key6 in data17){
if(!((key6 === "every") || (key6 === "keep"))){
const err40 = {instancePath:instancePath+"/defaults/checkpoint",schemaPath:"#/properties/defaults/properties/checkpoint/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data17.every !== undefined){
let data18 = data17.every;
if(typeof data18 === "string"){
if(!pattern3.test(data18)){
const err41 = {instancePath:instancePath+"/defaults/checkpoint/every",schemaPath:"#/properties/defaults/properties/checkpoint/properties/every/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/defaults/checkpoint/every",schemaPath:"#/properties/defaults/properties/checkpoint/properties/every/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data17.keep !== undefined){
let data19 = data17.keep;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
const err43 = {instancePath:instancePath+"/defaults/checkpoint/keep",schemaPath:"#/properties/defaults/properties/checkpoint/properties/keep/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 > 1000 || isNaN(data19)){
const err44 = {instancePath:instancePath+"/defaults/checkpoint/keep",schemaPath:"#/properties/defaults/properties/checkpoint/properties/keep/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(data19 < 1 || isNaN(data19)){
const err45 = {instancePath:instancePath+"/defaults/checkpoint/keep",schemaPath:"#/properties/defaults/properties/checkpoint/properties/keep/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
}
}
else {
const err46 = {instancePath:instancePath+"/defaults/checkpoint",schemaPath:"#/properties/defaults/properties/checkpoint/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data5.resources !== undefined){
let data20 = data5.resources;
if(data20 && typeof data20 == "object" && !Array.isArray(data20)){
for(const key7 in data20){
if(!(key7 === "gpu")){
const err47 = {instancePath:instancePath+"/defaults/resources",schemaPath:"#/properties/defaults/properties/resources/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data20.gpu !== undefined){
let data21 = data20.gpu;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
const err48 = {instancePath:instancePath+"/defaults/resources/gpu",schemaPath:"#/properties/defaults/properties/resources/properties/gpu/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 > 1 || isNaN(data21)){
const err49 = {instancePath:instancePath+"/defaults/resources/gpu",schemaPath:"#/properties/defaults/properties/resources/properties/gpu/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if(data21 < 0 || isNaN(data21)){
const err50 = {instancePath:instancePath+"/defaults/resources/gpu",schemaPath:"#/properties/defaults/properties/resources/properties/gpu/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
}
else {
const err51 = {instancePath:instancePath+"/defaults/resources",schemaPath:"#/properties/defaults/properties/resources/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data5.cache !== undefined){
let data22 = data5.cache;
if((typeof data22 !== "boolean") && (!(data22 && typeof data22 == "object" && !Array.isArray(data22)))){
const err52 = {instancePath:instancePath+"/defaults/cache",schemaPath:"#/properties/defaults/properties/cache/type",keyword:"type",params:{type: schema6.properties.defaults.properties.cache.type}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(data22 && typeof data22 == "object" && !Array.isArray(data22)){
if(data22.ttl === undefined){
const err53 = {instancePath:instancePath+"/defaults/cache",schemaPath:"#/properties/defaults/properties/cache/required",keyword:"required",params:{missingProperty: "ttl"}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
for(const key8 in data22){
if(!(key8 === "ttl")){
const err54 = {instancePath:instancePath+"/defaults/cache",schemaPath:"#/properties/defaults/properties/cache/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data22.ttl !== undefined){
let data23 = data22.ttl;
if(typeof data23 === "string"){
if(!pattern3.test(data23)){
const err55 = {instancePath:instancePath+"/defaults/cache/ttl",schemaPath:"#/properties/defaults/properties/cache/properties/ttl/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
else {
const err56 = {instancePath:instancePath+"/defaults/cache/ttl",schemaPath:"#/properties/defaults/properties/cache/properties/ttl/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
}
if(data5.onFailure !== undefined){
let data24 = data5.onFailure;
if(typeof data24 !== "string"){
const err57 = {instancePath:instancePath+"/defaults/onFailure",schemaPath:"#/properties/defaults/properties/onFailure/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
if(!(((data24 === "fail") || (data24 === "park")) || (data24 === "continue"))){
const err58 = {instancePath:instancePath+"/defaults/onFailure",schemaPath:"#/properties/defaults/properties/onFailure/enum",keyword:"enum",params:{allowedValues: schema6.properties.defaults.properties.onFailure.enum}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
}
else {
const err59 = {instancePath:instancePath+"/defaults",schemaPath:"#/properties/defaults/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
if(data.stages !== undefined){
let data25 = data.stages;
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
if(Object.keys(data25).length > 1000){
const err60 = {instancePath:instancePath+"/stages",schemaPath:"#/properties/stages/maxProperties",keyword:"maxProperties",params:{limit: 1000}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
if(Object.keys(data25).length < 1){
const err61 = {instancePath:instancePath+"/stages",schemaPath:"#/properties/stages/minProperties",keyword:"minProperties",params:{limit: 1}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
for(const key9 in data25){
if(!(pattern1.test(key9))){
const err62 = {instancePath:instancePath+"/stages",schemaPath:"#/properties/stages/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
for(const key10 in data25){
if(pattern1.test(key10)){
let data26 = data25[key10];
if(data26 && typeof data26 == "object" && !Array.isArray(data26)){
if(data26.uses === undefined){
const err63 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/required",keyword:"required",params:{missingProperty: "uses"}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
for(const key11 in data26){
if(!(func2.call(schema6.properties.stages.patternProperties["^[A-Za-z][A-Za-z0-9_-]{0,63}$"].properties, key11))){
const err64 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
if(data26.uses !== undefined){
let data27 = data26.uses;
if(typeof data27 !== "string"){
const err65 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/uses",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/uses/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if(!((((((((((((((((data27 === "dataset") || (data27 === "tokenize")) || (data27 === "pretrain")) || (data27 === "sft")) || (data27 === "extend-context")) || (data27 === "collect-preferences")) || (data27 === "reward-model")) || (data27 === "ppo")) || (data27 === "grpo")) || (data27 === "evaluate")) || (data27 === "generate")) || (data27 === "export")) || (data27 === "social-network")) || (data27 === "hold-out-links")) || (data27 === "graph-featurize")) || (data27 === "table-model"))){
const err66 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/uses",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/uses/enum",keyword:"enum",params:{allowedValues: schema6.properties.stages.patternProperties["^[A-Za-z][A-Za-z0-9_-]{0,63}$"].properties.uses.enum}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
if(data26.with !== undefined){
let data28 = data26.with;
if(!(data28 && typeof data28 == "object" && !Array.isArray(data28))){
const err67 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/with",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/with/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data26.needs !== undefined){
let data29 = data26.needs;
if((typeof data29 !== "string") && (!(Array.isArray(data29)))){
const err68 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/needs",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/needs/type",keyword:"type",params:{type: schema6.properties.stages.patternProperties["^[A-Za-z][A-Za-z0-9_-]{0,63}$"].properties.needs.type}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if(Array.isArray(data29)){
const len0 = data29.length;
for(let i0=0; i0<len0; i0++){
if(typeof data29[i0] !== "string"){
const err69 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/needs/" + i0,schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/needs/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
}
}
if(data26.if !== undefined){
let data31 = data26.if;
if((typeof data31 !== "string") && (typeof data31 !== "boolean")){
const err70 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/if",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/if/type",keyword:"type",params:{type: schema6.properties.stages.patternProperties["^[A-Za-z][A-Za-z0-9_-]{0,63}$"].properties.if.type}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
if(data26.retry !== undefined){
let data32 = data26.retry;
if(data32 && typeof data32 == "object" && !Array.isArray(data32)){
for(const key12 in data32){
if(!(((((key12 === "maxAttempts") || (key12 === "interval")) || (key12 === "factor")) || (key12 === "maxInterval")) || (key12 === "on"))){
const err71 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
if(data32.maxAttempts !== undefined){
let data33 = data32.maxAttempts;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
const err72 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/maxAttempts",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/maxAttempts/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 > 1000 || isNaN(data33)){
const err73 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/maxAttempts",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/maxAttempts/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
if(data33 < 1 || isNaN(data33)){
const err74 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/maxAttempts",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/maxAttempts/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
}
if(data32.interval !== undefined){
let data34 = data32.interval;
if(typeof data34 === "string"){
if(!pattern3.test(data34)){
const err75 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/interval",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/interval/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
else {
const err76 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/interval",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/interval/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
if(data32.factor !== undefined){
let data35 = data32.factor;
if((typeof data35 == "number") && (isFinite(data35))){
if(data35 > 100 || isNaN(data35)){
const err77 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/factor",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/factor/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
if(data35 < 1 || isNaN(data35)){
const err78 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/factor",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/factor/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
else {
const err79 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/factor",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/factor/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
if(data32.maxInterval !== undefined){
let data36 = data32.maxInterval;
if(typeof data36 === "string"){
if(!pattern3.test(data36)){
const err80 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/maxInterval",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/maxInterval/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
else {
const err81 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/maxInterval",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/maxInterval/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
if(data32.on !== undefined){
let data37 = data32.on;
if(data37 && typeof data37 == "object" && !Array.isArray(data37)){
for(const key13 in data37){
if(!(((key13 === "preempted") || (key13 === "lost")) || (key13 === "outOfMemory"))){
const err82 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/on",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/on/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key13}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
if(data37.preempted !== undefined){
let data38 = data37.preempted;
if(!(((typeof data38 == "number") && (!(data38 % 1) && !isNaN(data38))) && (isFinite(data38)))){
const err83 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/on/preempted",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/on/properties/preempted/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
if((typeof data38 == "number") && (isFinite(data38))){
if(data38 > 100000 || isNaN(data38)){
const err84 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/on/preempted",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/on/properties/preempted/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if(data38 < 0 || isNaN(data38)){
const err85 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/on/preempted",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/on/properties/preempted/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
}
if(data37.lost !== undefined){
let data39 = data37.lost;
if(!(((typeof data39 == "number") && (!(data39 % 1) && !isNaN(data39))) && (isFinite(data39)))){
const err86 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/on/lost",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/on/properties/lost/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
if((typeof data39 == "number") && (isFinite(data39))){
if(data39 > 100000 || isNaN(data39)){
const err87 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/on/lost",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/on/properties/lost/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
if(data39 < 0 || isNaN(data39)){
const err88 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/on/lost",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/on/properties/lost/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
}
if(data37.outOfMemory !== undefined){
let data40 = data37.outOfMemory;
if(!(((typeof data40 == "number") && (!(data40 % 1) && !isNaN(data40))) && (isFinite(data40)))){
const err89 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/on/outOfMemory",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/on/properties/outOfMemory/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if((typeof data40 == "number") && (isFinite(data40))){
if(data40 > 100 || isNaN(data40)){
const err90 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/on/outOfMemory",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/on/properties/outOfMemory/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
if(data40 < 0 || isNaN(data40)){
const err91 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/on/outOfMemory",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/on/properties/outOfMemory/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
}
}
else {
const err92 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry/on",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/properties/on/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
}
else {
const err93 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/retry",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/retry/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
if(data26.timeout !== undefined){
let data41 = data26.timeout;
if(typeof data41 === "string"){
if(!pattern3.test(data41)){
const err94 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/timeout",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/timeout/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
else {
const err95 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/timeout",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/timeout/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
if(data26.heartbeat !== undefined){
let data42 = data26.heartbeat;
if(typeof data42 === "string"){
if(!pattern3.test(data42)){
const err96 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/heartbeat",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/heartbeat/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
else {
const err97 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/heartbeat",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/heartbeat/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(data26.checkpoint !== undefined){
let data43 = data26.checkpoint;
if(data43 && typeof data43 == "object" && !Array.isArray(data43)){
for(const key14 in data43){
if(!((key14 === "every") || (key14 === "keep"))){
const err98 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/checkpoint",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/checkpoint/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key14}};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
if(data43.every !== undefined){
let data44 = data43.every;
if(typeof data44 === "string"){
if(!pattern3.test(data44)){
const err99 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/checkpoint/every",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/checkpoint/properties/every/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
else {
const err100 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/checkpoint/every",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/checkpoint/properties/every/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
if(data43.keep !== undefined){
let data45 = data43.keep;
if(!(((typeof data45 == "number") && (!(data45 % 1) && !isNaN(data45))) && (isFinite(data45)))){
const err101 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/checkpoint/keep",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/checkpoint/properties/keep/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
if((typeof data45 == "number") && (isFinite(data45))){
if(data45 > 1000 || isNaN(data45)){
const err102 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/checkpoint/keep",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/checkpoint/properties/keep/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000}};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
if(data45 < 1 || isNaN(data45)){
const err103 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/checkpoint/keep",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/checkpoint/properties/keep/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
}
}
else {
const err104 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/checkpoint",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/checkpoint/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
if(data26.resources !== undefined){
let data46 = data26.resources;
if(data46 && typeof data46 == "object" && !Array.isArray(data46)){
for(const key15 in data46){
if(!(key15 === "gpu")){
const err105 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/resources",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/resources/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key15}};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
if(data46.gpu !== undefined){
let data47 = data46.gpu;
if(!(((typeof data47 == "number") && (!(data47 % 1) && !isNaN(data47))) && (isFinite(data47)))){
const err106 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/resources/gpu",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/resources/properties/gpu/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
if((typeof data47 == "number") && (isFinite(data47))){
if(data47 > 1 || isNaN(data47)){
const err107 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/resources/gpu",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/resources/properties/gpu/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1}};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
if(data47 < 0 || isNaN(data47)){
const err108 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/resources/gpu",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/resources/properties/gpu/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
}
}
else {
const err109 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/resources",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/resources/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
if(data26.cache !== undefined){
let data48 = data26.cache;
if((typeof data48 !== "boolean") && (!(data48 && typeof data48 == "object" && !Array.isArray(data48)))){
const err110 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/cache/type",keyword:"type",params:{type: schema6.properties.stages.patternProperties["^[A-Za-z][A-Za-z0-9_-]{0,63}$"].properties.cache.type}};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
if(data48 && typeof data48 == "object" && !Array.isArray(data48)){
if(data48.ttl === undefined){
const err111 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/cache/required",keyword:"required",params:{missingProperty: "ttl"}};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
for(const key16 in data48){
if(!(key16 === "ttl")){
const err112 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/cache/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key16}};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
if(data48.ttl !== undefined){
let data49 = data48.ttl;
if(typeof data49 === "string"){
if(!pattern3.test(data49)){
const err113 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache/ttl",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/cache/properties/ttl/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
}
else {
const err114 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/cache/ttl",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/cache/properties/ttl/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
}
}
if(data26.onFailure !== undefined){
let data50 = data26.onFailure;
if(typeof data50 !== "string"){
const err115 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/onFailure",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/onFailure/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
if(!(((data50 === "fail") || (data50 === "park")) || (data50 === "continue"))){
const err116 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1")+"/onFailure",schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/properties/onFailure/enum",keyword:"enum",params:{allowedValues: schema6.properties.stages.patternProperties["^[A-Za-z][A-Za-z0-9_-]{0,63}$"].properties.onFailure.enum}};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
}
else {
const err117 = {instancePath:instancePath+"/stages/" + key10.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/stages/patternProperties/%5E%5BA-Za-z%5D%5BA-Za-z0-9_-%5D%7B0%2C63%7D%24/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
}
}
else {
const err118 = {instancePath:instancePath+"/stages",schemaPath:"#/properties/stages/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
if(data.outputs !== undefined){
let data51 = data.outputs;
if(data51 && typeof data51 == "object" && !Array.isArray(data51)){
for(const key17 in data51){
if(!(pattern1.test(key17))){
const err119 = {instancePath:instancePath+"/outputs",schemaPath:"#/properties/outputs/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key17}};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
}
else {
const err120 = {instancePath:instancePath+"/outputs",schemaPath:"#/properties/outputs/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
}
else {
const err121 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
validate21.errors = vErrors;
return errors === 0;
}

export const validate_dataset = validate22;
const schema7 = {"additionalProperties":false,"type":"object","required":["source","format","unit","minimumBytes","heldOut"],"properties":{"source":{"additionalProperties":false,"description":"exactly one of file, package, url, huggingFace, text","type":"object","properties":{"file":{"minLength":1,"x-path":true,"description":"a path below the working folder","type":"string"},"package":{"minLength":1,"description":"an installed npm data package","type":"string"},"path":{"minLength":1,"x-path":true,"description":"a file (or `*` pattern) inside the package or the Hugging Face data set","type":"string"},"url":{"pattern":"^https?://","description":"an address to download","type":"string"},"sha256":{"pattern":"^[0-9a-f]{64}$","description":"the download's digest, checked","type":"string"},"huggingFace":{"minLength":1,"description":"owner/name of a data set on the Hugging Face hub","type":"string"},"revision":{"minLength":1,"description":"commit, tag or branch of the data set; main when absent","type":"string"},"text":{"description":"the text itself","type":"string"}}},"format":{"type":"string","enum":["auto","text","jsonl","json","csv","parquet"],"default":"auto","description":"auto: by the file's extension"},"query":{"description":"SQL (DuckDB) over the table `data`; text formats have the columns line and file","type":"string"},"columns":{"additionalProperties":false,"description":"which columns hold what; default: columns of those names","type":"object","properties":{"text":{"minLength":1,"type":"string"},"instruction":{"minLength":1,"type":"string"},"response":{"minLength":1,"type":"string"},"task":{"minLength":1,"description":"of an instruction, if need be","type":"string"},"prompt":{"minLength":1,"type":"string"},"chosen":{"minLength":1,"type":"string"},"rejected":{"minLength":1,"type":"string"},"margin":{"minLength":1,"description":"of a preference, if need be","type":"string"}}},"unit":{"type":"string","enum":["document","paragraph","line"],"default":"document","description":"text only: what one row is"},"minimumBytes":{"minimum":1,"default":1,"description":"text only: paragraphs are joined up to this size","type":"integer"},"heldOut":{"minimum":0,"exclusiveMaximum":1,"default":0,"description":"share of rows held out, by hash of the row; of preferences, of the prompt","type":"number"},"limit":{"minimum":1,"description":"at most so many rows, chosen by hash","type":"integer"}}};
const func3 = (ucs2length.default ?? ucs2length);
const pattern18 = new RegExp("^https?://", "u");
const pattern19 = new RegExp("^[0-9a-f]{64}$", "u");

function validate22(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.format === undefined){
data.format = "auto";
}
if(data.unit === undefined){
data.unit = "document";
}
if(data.minimumBytes === undefined){
data.minimumBytes = 1;
}
if(data.heldOut === undefined){
data.heldOut = 0;
}
if(data.source === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "source"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.format === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "format"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.unit === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "unit"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.minimumBytes === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "minimumBytes"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.heldOut === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "heldOut"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
for(const key0 in data){
if(!((((((((key0 === "source") || (key0 === "format")) || (key0 === "query")) || (key0 === "columns")) || (key0 === "unit")) || (key0 === "minimumBytes")) || (key0 === "heldOut")) || (key0 === "limit"))){
const err5 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.source !== undefined){
let data0 = data.source;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
for(const key1 in data0){
if(!((((((((key1 === "file") || (key1 === "package")) || (key1 === "path")) || (key1 === "url")) || (key1 === "sha256")) || (key1 === "huggingFace")) || (key1 === "revision")) || (key1 === "text"))){
const err6 = {instancePath:instancePath+"/source",schemaPath:"#/properties/source/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data0.file !== undefined){
let data1 = data0.file;
if(typeof data1 === "string"){
if(func3(data1) < 1){
const err7 = {instancePath:instancePath+"/source/file",schemaPath:"#/properties/source/properties/file/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/source/file",schemaPath:"#/properties/source/properties/file/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data0.package !== undefined){
let data2 = data0.package;
if(typeof data2 === "string"){
if(func3(data2) < 1){
const err9 = {instancePath:instancePath+"/source/package",schemaPath:"#/properties/source/properties/package/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/source/package",schemaPath:"#/properties/source/properties/package/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data0.path !== undefined){
let data3 = data0.path;
if(typeof data3 === "string"){
if(func3(data3) < 1){
const err11 = {instancePath:instancePath+"/source/path",schemaPath:"#/properties/source/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/source/path",schemaPath:"#/properties/source/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data0.url !== undefined){
let data4 = data0.url;
if(typeof data4 === "string"){
if(!pattern18.test(data4)){
const err13 = {instancePath:instancePath+"/source/url",schemaPath:"#/properties/source/properties/url/pattern",keyword:"pattern",params:{pattern: "^https?://"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/source/url",schemaPath:"#/properties/source/properties/url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data0.sha256 !== undefined){
let data5 = data0.sha256;
if(typeof data5 === "string"){
if(!pattern19.test(data5)){
const err15 = {instancePath:instancePath+"/source/sha256",schemaPath:"#/properties/source/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/source/sha256",schemaPath:"#/properties/source/properties/sha256/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data0.huggingFace !== undefined){
let data6 = data0.huggingFace;
if(typeof data6 === "string"){
if(func3(data6) < 1){
const err17 = {instancePath:instancePath+"/source/huggingFace",schemaPath:"#/properties/source/properties/huggingFace/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/source/huggingFace",schemaPath:"#/properties/source/properties/huggingFace/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data0.revision !== undefined){
let data7 = data0.revision;
if(typeof data7 === "string"){
if(func3(data7) < 1){
const err19 = {instancePath:instancePath+"/source/revision",schemaPath:"#/properties/source/properties/revision/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/source/revision",schemaPath:"#/properties/source/properties/revision/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data0.text !== undefined){
if(typeof data0.text !== "string"){
const err21 = {instancePath:instancePath+"/source/text",schemaPath:"#/properties/source/properties/text/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
else {
const err22 = {instancePath:instancePath+"/source",schemaPath:"#/properties/source/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
let data9 = data.format;
if(typeof data9 !== "string"){
const err23 = {instancePath:instancePath+"/format",schemaPath:"#/properties/format/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(!((((((data9 === "auto") || (data9 === "text")) || (data9 === "jsonl")) || (data9 === "json")) || (data9 === "csv")) || (data9 === "parquet"))){
const err24 = {instancePath:instancePath+"/format",schemaPath:"#/properties/format/enum",keyword:"enum",params:{allowedValues: schema7.properties.format.enum}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data.query !== undefined){
if(typeof data.query !== "string"){
const err25 = {instancePath:instancePath+"/query",schemaPath:"#/properties/query/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.columns !== undefined){
let data11 = data.columns;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
for(const key2 in data11){
if(!((((((((key2 === "text") || (key2 === "instruction")) || (key2 === "response")) || (key2 === "task")) || (key2 === "prompt")) || (key2 === "chosen")) || (key2 === "rejected")) || (key2 === "margin"))){
const err26 = {instancePath:instancePath+"/columns",schemaPath:"#/properties/columns/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data11.text !== undefined){
let data12 = data11.text;
if(typeof data12 === "string"){
if(func3(data12) < 1){
const err27 = {instancePath:instancePath+"/columns/text",schemaPath:"#/properties/columns/properties/text/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/columns/text",schemaPath:"#/properties/columns/properties/text/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data11.instruction !== undefined){
let data13 = data11.instruction;
if(typeof data13 === "string"){
if(func3(data13) < 1){
const err29 = {instancePath:instancePath+"/columns/instruction",schemaPath:"#/properties/columns/properties/instruction/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/columns/instruction",schemaPath:"#/properties/columns/properties/instruction/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data11.response !== undefined){
let data14 = data11.response;
if(typeof data14 === "string"){
if(func3(data14) < 1){
const err31 = {instancePath:instancePath+"/columns/response",schemaPath:"#/properties/columns/properties/response/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/columns/response",schemaPath:"#/properties/columns/properties/response/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
if(data11.task !== undefined){
let data15 = data11.task;
if(typeof data15 === "string"){
if(func3(data15) < 1){
const err33 = {instancePath:instancePath+"/columns/task",schemaPath:"#/properties/columns/properties/task/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath:instancePath+"/columns/task",schemaPath:"#/properties/columns/properties/task/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data11.prompt !== undefined){
let data16 = data11.prompt;
if(typeof data16 === "string"){
if(func3(data16) < 1){
const err35 = {instancePath:instancePath+"/columns/prompt",schemaPath:"#/properties/columns/properties/prompt/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
else {
const err36 = {instancePath:instancePath+"/columns/prompt",schemaPath:"#/properties/columns/properties/prompt/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
if(data11.chosen !== undefined){
let data17 = data11.chosen;
if(typeof data17 === "string"){
if(func3(data17) < 1){
const err37 = {instancePath:instancePath+"/columns/chosen",schemaPath:"#/properties/columns/properties/chosen/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/columns/chosen",schemaPath:"#/properties/columns/properties/chosen/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data11.rejected !== undefined){
let data18 = data11.rejected;
if(typeof data18 === "string"){
if(func3(data18) < 1){
const err39 = {instancePath:instancePath+"/columns/rejected",schemaPath:"#/properties/columns/properties/rejected/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/columns/rejected",schemaPath:"#/properties/columns/properties/rejected/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data11.margin !== undefined){
let data19 = data11.margin;
if(typeof data19 === "string"){
if(func3(data19) < 1){
const err41 = {instancePath:instancePath+"/columns/margin",schemaPath:"#/properties/columns/properties/margin/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/columns/margin",schemaPath:"#/properties/columns/properties/margin/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
}
else {
const err43 = {instancePath:instancePath+"/columns",schemaPath:"#/properties/columns/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
let data20 = data.unit;
if(typeof data20 !== "string"){
const err44 = {instancePath:instancePath+"/unit",schemaPath:"#/properties/unit/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(!(((data20 === "document") || (data20 === "paragraph")) || (data20 === "line"))){
const err45 = {instancePath:instancePath+"/unit",schemaPath:"#/properties/unit/enum",keyword:"enum",params:{allowedValues: schema7.properties.unit.enum}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
let data21 = data.minimumBytes;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
const err46 = {instancePath:instancePath+"/minimumBytes",schemaPath:"#/properties/minimumBytes/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 < 1 || isNaN(data21)){
const err47 = {instancePath:instancePath+"/minimumBytes",schemaPath:"#/properties/minimumBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
let data22 = data.heldOut;
if((typeof data22 == "number") && (isFinite(data22))){
if(data22 < 0 || isNaN(data22)){
const err48 = {instancePath:instancePath+"/heldOut",schemaPath:"#/properties/heldOut/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(data22 >= 1 || isNaN(data22)){
const err49 = {instancePath:instancePath+"/heldOut",schemaPath:"#/properties/heldOut/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
else {
const err50 = {instancePath:instancePath+"/heldOut",schemaPath:"#/properties/heldOut/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(data.limit !== undefined){
let data23 = data.limit;
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
const err51 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 < 1 || isNaN(data23)){
const err52 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
}
}
else {
const err53 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
validate22.errors = vErrors;
return errors === 0;
}

export const validate_tokenize = validate23;
const schema8 = {"additionalProperties":false,"type":"object","required":["train","heldOut","vocabularyFrom","vocabularySize"],"properties":{"train":{"minItems":1,"type":"array","items":{"$ref":"artifact-dataset"}},"heldOut":{"default":[],"type":"array","items":{"$ref":"artifact-dataset"}},"vocabularyFrom":{"default":[],"type":"array","items":{"$ref":"artifact-dataset"}},"vocabularySize":{"minimum":300,"maximum":200000,"default":2048,"description":"tokens, bytes and special ones included","type":"integer"},"tokenizer":{"$ref":"artifact-tokenizer"}}};
const schema9 = {"additionalProperties":false,"x-artifact":"dataset","type":"object","required":["artifact","digest"],"properties":{"artifact":{"const":"dataset","type":"string"},"digest":{"pattern":"^[0-9a-f]{64}$","type":"string"}}};

function validate24(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.artifact === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "artifact"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.digest === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "digest"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "artifact") || (key0 === "digest"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.artifact !== undefined){
let data0 = data.artifact;
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if("dataset" !== data0){
const err4 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/const",keyword:"const",params:{allowedValue: "dataset"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.digest !== undefined){
let data1 = data.digest;
if(typeof data1 === "string"){
if(!pattern19.test(data1)){
const err5 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate24.errors = vErrors;
return errors === 0;
}

const schema10 = {"additionalProperties":false,"x-artifact":"tokenizer","type":"object","required":["artifact","digest"],"properties":{"artifact":{"const":"tokenizer","type":"string"},"digest":{"pattern":"^[0-9a-f]{64}$","type":"string"}}};

function validate28(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.artifact === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "artifact"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.digest === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "digest"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "artifact") || (key0 === "digest"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.artifact !== undefined){
let data0 = data.artifact;
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if("tokenizer" !== data0){
const err4 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/const",keyword:"const",params:{allowedValue: "tokenizer"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.digest !== undefined){
let data1 = data.digest;
if(typeof data1 === "string"){
if(!pattern19.test(data1)){
const err5 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate28.errors = vErrors;
return errors === 0;
}


function validate23(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.heldOut === undefined){
data.heldOut = [];
}
if(data.vocabularyFrom === undefined){
data.vocabularyFrom = [];
}
if(data.vocabularySize === undefined){
data.vocabularySize = 2048;
}
if(data.train === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "train"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.heldOut === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "heldOut"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.vocabularyFrom === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "vocabularyFrom"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.vocabularySize === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "vocabularySize"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "train") || (key0 === "heldOut")) || (key0 === "vocabularyFrom")) || (key0 === "vocabularySize")) || (key0 === "tokenizer"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.train !== undefined){
let data0 = data.train;
if(Array.isArray(data0)){
if(data0.length < 1){
const err5 = {instancePath:instancePath+"/train",schemaPath:"#/properties/train/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate24(data0[i0], {instancePath:instancePath+"/train/" + i0,parentData:data0,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err6 = {instancePath:instancePath+"/train",schemaPath:"#/properties/train/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
let data2 = data.heldOut;
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
if(!(validate24(data2[i1], {instancePath:instancePath+"/heldOut/" + i1,parentData:data2,parentDataProperty:i1,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err7 = {instancePath:instancePath+"/heldOut",schemaPath:"#/properties/heldOut/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
let data4 = data.vocabularyFrom;
if(Array.isArray(data4)){
const len2 = data4.length;
for(let i2=0; i2<len2; i2++){
if(!(validate24(data4[i2], {instancePath:instancePath+"/vocabularyFrom/" + i2,parentData:data4,parentDataProperty:i2,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err8 = {instancePath:instancePath+"/vocabularyFrom",schemaPath:"#/properties/vocabularyFrom/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
let data6 = data.vocabularySize;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err9 = {instancePath:instancePath+"/vocabularySize",schemaPath:"#/properties/vocabularySize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 200000 || isNaN(data6)){
const err10 = {instancePath:instancePath+"/vocabularySize",schemaPath:"#/properties/vocabularySize/maximum",keyword:"maximum",params:{comparison: "<=", limit: 200000}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data6 < 300 || isNaN(data6)){
const err11 = {instancePath:instancePath+"/vocabularySize",schemaPath:"#/properties/vocabularySize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 300}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.tokenizer !== undefined){
if(!(validate28(data.tokenizer, {instancePath:instancePath+"/tokenizer",parentData:data,parentDataProperty:"tokenizer",rootData}))){
vErrors = vErrors === null ? validate28.errors : vErrors.concat(validate28.errors);
errors = vErrors.length;
}
}
}
else {
const err12 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
validate23.errors = vErrors;
return errors === 0;
}

export const validate_pretrain = validate30;
const schema11 = {"additionalProperties":false,"type":"object","required":["tokens","architecture","steps","batchSize","accumulate","learningRate","minimumLearningRate","warmupSteps","schedule","optimizer","weightDecay","beta1","beta2","gradientClip","evaluateEvery"],"properties":{"tokens":{"$ref":"artifact-tokens"},"heldOut":{"$ref":"artifact-tokens"},"architecture":{"additionalProperties":false,"default":{},"description":"architecture of the model; Qwen3 layout","type":"object","required":["layers","hiddenSize","heads","contextLength","ropeTheta","tieEmbeddings"],"properties":{"layers":{"minimum":1,"default":4,"description":"transformer blocks","type":"integer"},"hiddenSize":{"minimum":8,"default":128,"description":"size of the hidden states","type":"integer"},"heads":{"minimum":1,"default":4,"description":"query heads","type":"integer"},"keyValueHeads":{"minimum":1,"description":"default: heads","type":"integer"},"headDim":{"minimum":2,"multipleOf":2,"description":"default: hiddenSize / heads","type":"integer"},"intermediateSize":{"minimum":8,"description":"default: 8/3 hiddenSize, rounded up to a multiple of 32","type":"integer"},"contextLength":{"minimum":2,"default":128,"description":"longest sequence, tokens","type":"integer"},"ropeTheta":{"exclusiveMinimum":1,"default":10000,"description":"base of the rotary position embedding","type":"number"},"ropeScaling":{"additionalProperties":false,"description":"RoPE stretched to longer sequences; absent: as it is","type":"object","required":["type","factor","originalContextLength"],"properties":{"type":{"type":"string","enum":["linear","ntk","yarn"],"description":"linear: all angles divided; ntk: a larger ropeTheta; yarn: slow pairs divided, fast ones left alone"},"factor":{"minimum":1,"description":"longest sequence ÷ the original one","type":"number"},"originalContextLength":{"minimum":2,"description":"longest sequence without scaling, tokens","type":"integer"}}},"tieEmbeddings":{"default":true,"description":"the output layer is the embedding matrix","type":"boolean"},"attention":{"type":"string","enum":["dense","local","sparse"],"description":"what a token sees of the tokens before it; dense (the default): all; local: a window; sparse: a window, and blocks that the model selects"},"window":{"minimum":1,"description":"local, sparse: tokens that a token sees, itself and those right before it","type":"integer"},"sinks":{"minimum":0,"maximum":64,"description":"local: first tokens of a document that all its tokens see; default: 0","type":"integer"},"blockSize":{"minimum":2,"description":"sparse: tokens of a block, a divisor of window; default: 32","type":"integer"},"selectedBlocks":{"minimum":1,"description":"sparse: blocks that a token sees beyond its window; default: 8","type":"integer"}}},"steps":{"minimum":0,"default":1000,"description":"optimiser updates","type":"integer"},"batchSize":{"minimum":1,"default":16,"description":"sequences a step, before accumulation","type":"integer"},"accumulate":{"minimum":1,"default":1,"description":"micro-batches summed into one update","type":"integer"},"sequenceLength":{"minimum":2,"description":"tokens a sequence; default: the model's context","type":"integer"},"learningRate":{"exclusiveMinimum":0,"maximum":10,"default":0.001,"description":"highest, after the warm-up","type":"number"},"minimumLearningRate":{"minimum":0,"maximum":10,"default":0,"description":"where the schedule ends","type":"number"},"warmupSteps":{"minimum":0,"default":0,"description":"steps of linear growth from 0","type":"integer"},"schedule":{"type":"string","enum":["cosine","wsd","constant"],"default":"cosine","description":"after the warm-up; wsd: constant, then down to the minimum over the last fifth"},"optimizer":{"type":"string","enum":["adamw","muon"],"default":"adamw","description":"muon: Muon for the hidden matrices, AdamW for everything else"},"weightDecay":{"minimum":0,"default":0.1,"description":"decoupled; matrices only","type":"number"},"beta1":{"minimum":0,"exclusiveMaximum":1,"default":0.9,"description":"decay of the first moment","type":"number"},"beta2":{"minimum":0,"exclusiveMaximum":1,"default":0.95,"description":"decay of the second moment","type":"number"},"gradientClip":{"exclusiveMinimum":0,"default":1,"description":"global norm","type":"number"},"evaluateEvery":{"minimum":0,"default":0,"description":"steps between held-out losses; 0: only at the end","type":"integer"}}};
const schema12 = {"additionalProperties":false,"x-artifact":"tokens","type":"object","required":["artifact","digest"],"properties":{"artifact":{"const":"tokens","type":"string"},"digest":{"pattern":"^[0-9a-f]{64}$","type":"string"}}};

function validate31(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.artifact === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "artifact"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.digest === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "digest"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "artifact") || (key0 === "digest"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.artifact !== undefined){
let data0 = data.artifact;
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if("tokens" !== data0){
const err4 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/const",keyword:"const",params:{allowedValue: "tokens"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.digest !== undefined){
let data1 = data.digest;
if(typeof data1 === "string"){
if(!pattern19.test(data1)){
const err5 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate31.errors = vErrors;
return errors === 0;
}


function validate30(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.architecture === undefined){
data.architecture = {};
}
if(data.steps === undefined){
data.steps = 1000;
}
if(data.batchSize === undefined){
data.batchSize = 16;
}
if(data.accumulate === undefined){
data.accumulate = 1;
}
if(data.learningRate === undefined){
data.learningRate = 0.001;
}
if(data.minimumLearningRate === undefined){
data.minimumLearningRate = 0;
}
if(data.warmupSteps === undefined){
data.warmupSteps = 0;
}
if(data.schedule === undefined){
data.schedule = "cosine";
}
if(data.optimizer === undefined){
data.optimizer = "adamw";
}
if(data.weightDecay === undefined){
data.weightDecay = 0.1;
}
if(data.beta1 === undefined){
data.beta1 = 0.9;
}
if(data.beta2 === undefined){
data.beta2 = 0.95;
}
if(data.gradientClip === undefined){
data.gradientClip = 1;
}
if(data.evaluateEvery === undefined){
data.evaluateEvery = 0;
}
if(data.tokens === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "tokens"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.architecture === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "architecture"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.steps === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "steps"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.batchSize === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "batchSize"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.accumulate === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "accumulate"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.learningRate === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "learningRate"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.minimumLearningRate === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "minimumLearningRate"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.warmupSteps === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "warmupSteps"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.schedule === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "schedule"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.optimizer === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "optimizer"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.weightDecay === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "weightDecay"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.beta1 === undefined){
const err11 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta1"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.beta2 === undefined){
const err12 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta2"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data.gradientClip === undefined){
const err13 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "gradientClip"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data.evaluateEvery === undefined){
const err14 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "evaluateEvery"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err15 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.tokens !== undefined){
if(!(validate31(data.tokens, {instancePath:instancePath+"/tokens",parentData:data,parentDataProperty:"tokens",rootData}))){
vErrors = vErrors === null ? validate31.errors : vErrors.concat(validate31.errors);
errors = vErrors.length;
}
}
if(data.heldOut !== undefined){
if(!(validate31(data.heldOut, {instancePath:instancePath+"/heldOut",parentData:data,parentDataProperty:"heldOut",rootData}))){
vErrors = vErrors === null ? validate31.errors : vErrors.concat(validate31.errors);
errors = vErrors.length;
}
}
let data2 = data.architecture;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.layers === undefined){
data2.layers = 4;
}
if(data2.hiddenSize === undefined){
data2.hiddenSize = 128;
}
if(data2.heads === undefined){
data2.heads = 4;
}
if(data2.contextLength === undefined){
data2.contextLength = 128;
}
if(data2.ropeTheta === undefined){
data2.ropeTheta = 10000;
}
if(data2.tieEmbeddings === undefined){
data2.tieEmbeddings = true;
}
if(data2.layers === undefined){
const err16 = {instancePath:instancePath+"/architecture",schemaPath:"#/properties/architecture/required",keyword:"required",params:{missingProperty: "layers"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data2.hiddenSize === undefined){
const err17 = {instancePath:instancePath+"/architecture",schemaPath:"#/properties/architecture/required",keyword:"required",params:{missingProperty: "hiddenSize"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data2.heads === undefined){
const err18 = {instancePath:instancePath+"/architecture",schemaPath:"#/properties/architecture/required",keyword:"required",params:{missingProperty: "heads"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data2.contextLength === undefined){
const err19 = {instancePath:instancePath+"/architecture",schemaPath:"#/properties/architecture/required",keyword:"required",params:{missingProperty: "contextLength"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data2.ropeTheta === undefined){
const err20 = {instancePath:instancePath+"/architecture",schemaPath:"#/properties/architecture/required",keyword:"required",params:{missingProperty: "ropeTheta"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data2.tieEmbeddings === undefined){
const err21 = {instancePath:instancePath+"/architecture",schemaPath:"#/properties/architecture/required",keyword:"required",params:{missingProperty: "tieEmbeddings"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
for(const key1 in data2){
if(!(func2.call(schema11.properties.architecture.properties, key1))){
const err22 = {instancePath:instancePath+"/architecture",schemaPath:"#/properties/architecture/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
let data3 = data2.layers;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
const err23 = {instancePath:instancePath+"/architecture/layers",schemaPath:"#/properties/architecture/properties/layers/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 < 1 || isNaN(data3)){
const err24 = {instancePath:instancePath+"/architecture/layers",schemaPath:"#/properties/architecture/properties/layers/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
let data4 = data2.hiddenSize;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err25 = {instancePath:instancePath+"/architecture/hiddenSize",schemaPath:"#/properties/architecture/properties/hiddenSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 8 || isNaN(data4)){
const err26 = {instancePath:instancePath+"/architecture/hiddenSize",schemaPath:"#/properties/architecture/properties/hiddenSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 8}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
let data5 = data2.heads;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err27 = {instancePath:instancePath+"/architecture/heads",schemaPath:"#/properties/architecture/properties/heads/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 1 || isNaN(data5)){
const err28 = {instancePath:instancePath+"/architecture/heads",schemaPath:"#/properties/architecture/properties/heads/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data2.keyValueHeads !== undefined){
let data6 = data2.keyValueHeads;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err29 = {instancePath:instancePath+"/architecture/keyValueHeads",schemaPath:"#/properties/architecture/properties/keyValueHeads/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 1 || isNaN(data6)){
const err30 = {instancePath:instancePath+"/architecture/keyValueHeads",schemaPath:"#/properties/architecture/properties/keyValueHeads/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
if(data2.headDim !== undefined){
let data7 = data2.headDim;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err31 = {instancePath:instancePath+"/architecture/headDim",schemaPath:"#/properties/architecture/properties/headDim/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 2 || isNaN(data7)){
const err32 = {instancePath:instancePath+"/architecture/headDim",schemaPath:"#/properties/architecture/properties/headDim/minimum",keyword:"minimum",params:{comparison: ">=", limit: 2}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
let res0;
if((2 === 0 || (res0 = data7/2, res0 !== parseInt(res0)))){
const err33 = {instancePath:instancePath+"/architecture/headDim",schemaPath:"#/properties/architecture/properties/headDim/multipleOf",keyword:"multipleOf",params:{multipleOf: 2}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
if(data2.intermediateSize !== undefined){
let data8 = data2.intermediateSize;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err34 = {instancePath:instancePath+"/architecture/intermediateSize",schemaPath:"#/properties/architecture/properties/intermediateSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 < 8 || isNaN(data8)){
const err35 = {instancePath:instancePath+"/architecture/intermediateSize",schemaPath:"#/properties/architecture/properties/intermediateSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 8}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
}
let data9 = data2.contextLength;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
const err36 = {instancePath:instancePath+"/architecture/contextLength",schemaPath:"#/properties/architecture/properties/contextLength/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 < 2 || isNaN(data9)){
const err37 = {instancePath:instancePath+"/architecture/contextLength",schemaPath:"#/properties/architecture/properties/contextLength/minimum",keyword:"minimum",params:{comparison: ">=", limit: 2}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
let data10 = data2.ropeTheta;
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 <= 1 || isNaN(data10)){
const err38 = {instancePath:instancePath+"/architecture/ropeTheta",schemaPath:"#/properties/architecture/properties/ropeTheta/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 1}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath:instancePath+"/architecture/ropeTheta",schemaPath:"#/properties/architecture/properties/ropeTheta/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
if(data2.ropeScaling !== undefined){
let data11 = data2.ropeScaling;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(data11.type === undefined){
const err40 = {instancePath:instancePath+"/architecture/ropeScaling",schemaPath:"#/properties/architecture/properties/ropeScaling/required",keyword:"required",params:{missingProperty: "type"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(data11.factor === undefined){
const err41 = {instancePath:instancePath+"/architecture/ropeScaling",schemaPath:"#/properties/architecture/properties/ropeScaling/required",keyword:"required",params:{missingProperty: "factor"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if(data11.originalContextLength === undefined){
const err42 = {instancePath:instancePath+"/architecture/ropeScaling",schemaPath:"#/properties/architecture/properties/ropeScaling/required",keyword:"required",params:{missingProperty: "originalContextLength"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
for(const key2 in data11){
if(!(((key2 === "type") || (key2 === "factor")) || (key2 === "originalContextLength"))){
const err43 = {instancePath:instancePath+"/architecture/ropeScaling",schemaPath:"#/properties/architecture/properties/ropeScaling/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data11.type !== undefined){
let data12 = data11.type;
if(typeof data12 !== "string"){
const err44 = {instancePath:instancePath+"/architecture/ropeScaling/type",schemaPath:"#/properties/architecture/properties/ropeScaling/properties/type/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(!(((data12 === "linear") || (data12 === "ntk")) || (data12 === "yarn"))){
const err45 = {instancePath:instancePath+"/architecture/ropeScaling/type",schemaPath:"#/properties/architecture/properties/ropeScaling/properties/type/enum",keyword:"enum",params:{allowedValues: schema11.properties.architecture.properties.ropeScaling.properties.type.enum}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data11.factor !== undefined){
let data13 = data11.factor;
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 1 || isNaN(data13)){
const err46 = {instancePath:instancePath+"/architecture/ropeScaling/factor",schemaPath:"#/properties/architecture/properties/ropeScaling/properties/factor/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/architecture/ropeScaling/factor",schemaPath:"#/properties/architecture/properties/ropeScaling/properties/factor/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data11.originalContextLength !== undefined){
let data14 = data11.originalContextLength;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
const err48 = {instancePath:instancePath+"/architecture/ropeScaling/originalContextLength",schemaPath:"#/properties/architecture/properties/ropeScaling/properties/originalContextLength/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 < 2 || isNaN(data14)){
const err49 = {instancePath:instancePath+"/architecture/ropeScaling/originalContextLength",schemaPath:"#/properties/architecture/properties/ropeScaling/properties/originalContextLength/minimum",keyword:"minimum",params:{comparison: ">=", limit: 2}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
}
}
else {
const err50 = {instancePath:instancePath+"/architecture/ropeScaling",schemaPath:"#/properties/architecture/properties/ropeScaling/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(typeof data2.tieEmbeddings !== "boolean"){
const err51 = {instancePath:instancePath+"/architecture/tieEmbeddings",schemaPath:"#/properties/architecture/properties/tieEmbeddings/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data2.attention !== undefined){
let data16 = data2.attention;
if(typeof data16 !== "string"){
const err52 = {instancePath:instancePath+"/architecture/attention",schemaPath:"#/properties/architecture/properties/attention/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(!(((data16 === "dense") || (data16 === "local")) || (data16 === "sparse"))){
const err53 = {instancePath:instancePath+"/architecture/attention",schemaPath:"#/properties/architecture/properties/attention/enum",keyword:"enum",params:{allowedValues: schema11.properties.architecture.properties.attention.enum}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data2.window !== undefined){
let data17 = data2.window;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
const err54 = {instancePath:instancePath+"/architecture/window",schemaPath:"#/properties/architecture/properties/window/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 < 1 || isNaN(data17)){
const err55 = {instancePath:instancePath+"/architecture/window",schemaPath:"#/properties/architecture/properties/window/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
if(data2.sinks !== undefined){
let data18 = data2.sinks;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
const err56 = {instancePath:instancePath+"/architecture/sinks",schemaPath:"#/properties/architecture/properties/sinks/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 > 64 || isNaN(data18)){
const err57 = {instancePath:instancePath+"/architecture/sinks",schemaPath:"#/properties/architecture/properties/sinks/maximum",keyword:"maximum",params:{comparison: "<=", limit: 64}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
if(data18 < 0 || isNaN(data18)){
const err58 = {instancePath:instancePath+"/architecture/sinks",schemaPath:"#/properties/architecture/properties/sinks/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
}
if(data2.blockSize !== undefined){
let data19 = data2.blockSize;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
const err59 = {instancePath:instancePath+"/architecture/blockSize",schemaPath:"#/properties/architecture/properties/blockSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 < 2 || isNaN(data19)){
const err60 = {instancePath:instancePath+"/architecture/blockSize",schemaPath:"#/properties/architecture/properties/blockSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 2}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
}
if(data2.selectedBlocks !== undefined){
let data20 = data2.selectedBlocks;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
const err61 = {instancePath:instancePath+"/architecture/selectedBlocks",schemaPath:"#/properties/architecture/properties/selectedBlocks/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 < 1 || isNaN(data20)){
const err62 = {instancePath:instancePath+"/architecture/selectedBlocks",schemaPath:"#/properties/architecture/properties/selectedBlocks/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
}
}
else {
const err63 = {instancePath:instancePath+"/architecture",schemaPath:"#/properties/architecture/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
let data21 = data.steps;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
const err64 = {instancePath:instancePath+"/steps",schemaPath:"#/properties/steps/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 < 0 || isNaN(data21)){
const err65 = {instancePath:instancePath+"/steps",schemaPath:"#/properties/steps/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
let data22 = data.batchSize;
if(!(((typeof data22 == "number") && (!(data22 % 1) && !isNaN(data22))) && (isFinite(data22)))){
const err66 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
if((typeof data22 == "number") && (isFinite(data22))){
if(data22 < 1 || isNaN(data22)){
const err67 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
let data23 = data.accumulate;
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
const err68 = {instancePath:instancePath+"/accumulate",schemaPath:"#/properties/accumulate/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 < 1 || isNaN(data23)){
const err69 = {instancePath:instancePath+"/accumulate",schemaPath:"#/properties/accumulate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
if(data.sequenceLength !== undefined){
let data24 = data.sequenceLength;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
const err70 = {instancePath:instancePath+"/sequenceLength",schemaPath:"#/properties/sequenceLength/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 < 2 || isNaN(data24)){
const err71 = {instancePath:instancePath+"/sequenceLength",schemaPath:"#/properties/sequenceLength/minimum",keyword:"minimum",params:{comparison: ">=", limit: 2}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
}
let data25 = data.learningRate;
if((typeof data25 == "number") && (isFinite(data25))){
if(data25 > 10 || isNaN(data25)){
const err72 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
if(data25 <= 0 || isNaN(data25)){
const err73 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
else {
const err74 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
let data26 = data.minimumLearningRate;
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 > 10 || isNaN(data26)){
const err75 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
if(data26 < 0 || isNaN(data26)){
const err76 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
else {
const err77 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
let data27 = data.warmupSteps;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
const err78 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 < 0 || isNaN(data27)){
const err79 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
let data28 = data.schedule;
if(typeof data28 !== "string"){
const err80 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
if(!(((data28 === "cosine") || (data28 === "wsd")) || (data28 === "constant"))){
const err81 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/enum",keyword:"enum",params:{allowedValues: schema11.properties.schedule.enum}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
let data29 = data.optimizer;
if(typeof data29 !== "string"){
const err82 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
if(!((data29 === "adamw") || (data29 === "muon"))){
const err83 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/enum",keyword:"enum",params:{allowedValues: schema11.properties.optimizer.enum}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
let data30 = data.weightDecay;
if((typeof data30 == "number") && (isFinite(data30))){
if(data30 < 0 || isNaN(data30)){
const err84 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
else {
const err85 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
let data31 = data.beta1;
if((typeof data31 == "number") && (isFinite(data31))){
if(data31 < 0 || isNaN(data31)){
const err86 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
if(data31 >= 1 || isNaN(data31)){
const err87 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
else {
const err88 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
let data32 = data.beta2;
if((typeof data32 == "number") && (isFinite(data32))){
if(data32 < 0 || isNaN(data32)){
const err89 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if(data32 >= 1 || isNaN(data32)){
const err90 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
else {
const err91 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
let data33 = data.gradientClip;
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 <= 0 || isNaN(data33)){
const err92 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
else {
const err93 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
let data34 = data.evaluateEvery;
if(!(((typeof data34 == "number") && (!(data34 % 1) && !isNaN(data34))) && (isFinite(data34)))){
const err94 = {instancePath:instancePath+"/evaluateEvery",schemaPath:"#/properties/evaluateEvery/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
if((typeof data34 == "number") && (isFinite(data34))){
if(data34 < 0 || isNaN(data34)){
const err95 = {instancePath:instancePath+"/evaluateEvery",schemaPath:"#/properties/evaluateEvery/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
}
else {
const err96 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
validate30.errors = vErrors;
return errors === 0;
}

export const validate_sft = validate34;
const schema13 = {"additionalProperties":false,"type":"object","required":["model","data","heldOut","epochs","batchSize","accumulate","learningRate","minimumLearningRate","warmupSteps","schedule","optimizer","weightDecay","beta1","beta2","gradientClip","evaluateEvery"],"properties":{"model":{"$ref":"artifact-model"},"data":{"minItems":1,"type":"array","items":{"$ref":"artifact-dataset"}},"heldOut":{"default":[],"type":"array","items":{"$ref":"artifact-dataset"}},"epochs":{"exclusiveMinimum":0,"default":3,"description":"times through the data","type":"number"},"batchSize":{"minimum":1,"default":16,"description":"sequences a step, before accumulation","type":"integer"},"accumulate":{"minimum":1,"default":1,"description":"micro-batches summed into one update","type":"integer"},"sequenceLength":{"minimum":2,"description":"tokens a sequence; default: the model's context","type":"integer"},"learningRate":{"exclusiveMinimum":0,"maximum":10,"default":0.001,"description":"highest, after the warm-up","type":"number"},"minimumLearningRate":{"minimum":0,"maximum":10,"default":0,"description":"where the schedule ends","type":"number"},"warmupSteps":{"minimum":0,"default":0,"description":"steps of linear growth from 0","type":"integer"},"schedule":{"type":"string","enum":["cosine","wsd","constant"],"default":"cosine","description":"after the warm-up; wsd: constant, then down to the minimum over the last fifth"},"optimizer":{"type":"string","enum":["adamw","muon"],"default":"adamw","description":"muon: Muon for the hidden matrices, AdamW for everything else"},"weightDecay":{"minimum":0,"default":0.1,"description":"decoupled; matrices only","type":"number"},"beta1":{"minimum":0,"exclusiveMaximum":1,"default":0.9,"description":"decay of the first moment","type":"number"},"beta2":{"minimum":0,"exclusiveMaximum":1,"default":0.95,"description":"decay of the second moment","type":"number"},"gradientClip":{"exclusiveMinimum":0,"default":1,"description":"global norm","type":"number"},"evaluateEvery":{"minimum":0,"default":0,"description":"steps between held-out losses; 0: only at the end","type":"integer"}}};
const schema14 = {"additionalProperties":false,"x-artifact":"model","type":"object","required":["artifact","digest"],"properties":{"artifact":{"const":"model","type":"string"},"digest":{"pattern":"^[0-9a-f]{64}$","type":"string"}}};

function validate35(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.artifact === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "artifact"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.digest === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "digest"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "artifact") || (key0 === "digest"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.artifact !== undefined){
let data0 = data.artifact;
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if("model" !== data0){
const err4 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/const",keyword:"const",params:{allowedValue: "model"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.digest !== undefined){
let data1 = data.digest;
if(typeof data1 === "string"){
if(!pattern19.test(data1)){
const err5 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate35.errors = vErrors;
return errors === 0;
}


function validate34(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.heldOut === undefined){
data.heldOut = [];
}
if(data.epochs === undefined){
data.epochs = 3;
}
if(data.batchSize === undefined){
data.batchSize = 16;
}
if(data.accumulate === undefined){
data.accumulate = 1;
}
if(data.learningRate === undefined){
data.learningRate = 0.001;
}
if(data.minimumLearningRate === undefined){
data.minimumLearningRate = 0;
}
if(data.warmupSteps === undefined){
data.warmupSteps = 0;
}
if(data.schedule === undefined){
data.schedule = "cosine";
}
if(data.optimizer === undefined){
data.optimizer = "adamw";
}
if(data.weightDecay === undefined){
data.weightDecay = 0.1;
}
if(data.beta1 === undefined){
data.beta1 = 0.9;
}
if(data.beta2 === undefined){
data.beta2 = 0.95;
}
if(data.gradientClip === undefined){
data.gradientClip = 1;
}
if(data.evaluateEvery === undefined){
data.evaluateEvery = 0;
}
if(data.model === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "model"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.data === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "data"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.heldOut === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "heldOut"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.epochs === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "epochs"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.batchSize === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "batchSize"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.accumulate === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "accumulate"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.learningRate === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "learningRate"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.minimumLearningRate === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "minimumLearningRate"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.warmupSteps === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "warmupSteps"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.schedule === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "schedule"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.optimizer === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "optimizer"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.weightDecay === undefined){
const err11 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "weightDecay"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.beta1 === undefined){
const err12 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta1"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data.beta2 === undefined){
const err13 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta2"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data.gradientClip === undefined){
const err14 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "gradientClip"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data.evaluateEvery === undefined){
const err15 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "evaluateEvery"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema13.properties, key0))){
const err16 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.model !== undefined){
if(!(validate35(data.model, {instancePath:instancePath+"/model",parentData:data,parentDataProperty:"model",rootData}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
if(data.data !== undefined){
let data1 = data.data;
if(Array.isArray(data1)){
if(data1.length < 1){
const err17 = {instancePath:instancePath+"/data",schemaPath:"#/properties/data/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(!(validate24(data1[i0], {instancePath:instancePath+"/data/" + i0,parentData:data1,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err18 = {instancePath:instancePath+"/data",schemaPath:"#/properties/data/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
let data3 = data.heldOut;
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
if(!(validate24(data3[i1], {instancePath:instancePath+"/heldOut/" + i1,parentData:data3,parentDataProperty:i1,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err19 = {instancePath:instancePath+"/heldOut",schemaPath:"#/properties/heldOut/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
let data5 = data.epochs;
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 <= 0 || isNaN(data5)){
const err20 = {instancePath:instancePath+"/epochs",schemaPath:"#/properties/epochs/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/epochs",schemaPath:"#/properties/epochs/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
let data6 = data.batchSize;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err22 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 1 || isNaN(data6)){
const err23 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
let data7 = data.accumulate;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err24 = {instancePath:instancePath+"/accumulate",schemaPath:"#/properties/accumulate/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 1 || isNaN(data7)){
const err25 = {instancePath:instancePath+"/accumulate",schemaPath:"#/properties/accumulate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.sequenceLength !== undefined){
let data8 = data.sequenceLength;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err26 = {instancePath:instancePath+"/sequenceLength",schemaPath:"#/properties/sequenceLength/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 < 2 || isNaN(data8)){
const err27 = {instancePath:instancePath+"/sequenceLength",schemaPath:"#/properties/sequenceLength/minimum",keyword:"minimum",params:{comparison: ">=", limit: 2}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
}
let data9 = data.learningRate;
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 10 || isNaN(data9)){
const err28 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(data9 <= 0 || isNaN(data9)){
const err29 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
let data10 = data.minimumLearningRate;
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 10 || isNaN(data10)){
const err31 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(data10 < 0 || isNaN(data10)){
const err32 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
let data11 = data.warmupSteps;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
const err34 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 < 0 || isNaN(data11)){
const err35 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
let data12 = data.schedule;
if(typeof data12 !== "string"){
const err36 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(!(((data12 === "cosine") || (data12 === "wsd")) || (data12 === "constant"))){
const err37 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/enum",keyword:"enum",params:{allowedValues: schema13.properties.schedule.enum}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
let data13 = data.optimizer;
if(typeof data13 !== "string"){
const err38 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(!((data13 === "adamw") || (data13 === "muon"))){
const err39 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/enum",keyword:"enum",params:{allowedValues: schema13.properties.optimizer.enum}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
let data14 = data.weightDecay;
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 < 0 || isNaN(data14)){
const err40 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
else {
const err41 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
let data15 = data.beta1;
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 < 0 || isNaN(data15)){
const err42 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(data15 >= 1 || isNaN(data15)){
const err43 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
else {
const err44 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
let data16 = data.beta2;
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 < 0 || isNaN(data16)){
const err45 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(data16 >= 1 || isNaN(data16)){
const err46 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
let data17 = data.gradientClip;
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 <= 0 || isNaN(data17)){
const err48 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
else {
const err49 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
let data18 = data.evaluateEvery;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
const err50 = {instancePath:instancePath+"/evaluateEvery",schemaPath:"#/properties/evaluateEvery/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 < 0 || isNaN(data18)){
const err51 = {instancePath:instancePath+"/evaluateEvery",schemaPath:"#/properties/evaluateEvery/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
}
else {
const err52 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
validate34.errors = vErrors;
return errors === 0;
}

export const validate_extend_context = validate39;
const schema15 = {"additionalProperties":false,"type":"object","required":["model","tokens","steps","ropeScaling","batchSize","accumulate","learningRate","minimumLearningRate","warmupSteps","schedule","optimizer","weightDecay","beta1","beta2","gradientClip"],"properties":{"model":{"$ref":"artifact-model"},"tokens":{"$ref":"artifact-tokens"},"heldOut":{"$ref":"artifact-tokens"},"steps":{"minItems":1,"description":"contexts one after another, each trained and measured","type":"array","items":{"additionalProperties":false,"type":"object","required":["contextLength","steps"],"properties":{"contextLength":{"minimum":2,"description":"longest sequence from here on, tokens","type":"integer"},"steps":{"minimum":0,"description":"optimiser updates at this context","type":"integer"},"batchSize":{"minimum":1,"description":"sequences a step; default: that of the stage","type":"integer"},"learningRate":{"exclusiveMinimum":0,"maximum":10,"description":"highest; default: that of the stage","type":"number"}}}},"ropeScaling":{"type":"string","enum":["none","linear","ntk","yarn"],"default":"yarn","description":"how RoPE is stretched to each context; none: it goes on beyond the angles that were learnt"},"attention":{"type":"string","enum":["dense","local","sparse"],"description":"of all layers from here on; absent: as the model has it"},"window":{"minimum":1,"description":"local, sparse: tokens that a token sees, itself and those right before it","type":"integer"},"sinks":{"minimum":0,"maximum":64,"description":"local: first tokens of a document that all its tokens see; default: 0","type":"integer"},"blockSize":{"minimum":2,"description":"sparse: tokens of a block, a divisor of window; default: 32","type":"integer"},"selectedBlocks":{"minimum":1,"description":"sparse: blocks that a token sees beyond its window; default: 8","type":"integer"},"needle":{"additionalProperties":false,"description":"statements hidden in text, found again or not, by length and depth","type":"object","required":["depths","samples","distractors","statement","question","words"],"properties":{"lengths":{"minItems":1,"description":"tokens of the text, question included; default: the model's context","type":"array","items":{"minimum":16,"type":"integer"}},"depths":{"minimum":1,"default":5,"description":"places from the text's beginning to its end","type":"integer"},"samples":{"minimum":1,"default":8,"description":"texts for each length and depth","type":"integer"},"distractors":{"minimum":0,"default":3,"description":"statements with values of other keys in the same text","type":"integer"},"statement":{"default":"\nHere is the {value}.\n","description":"what is hidden in the text, with {value} and perhaps {key}","type":"string"},"question":{"default":"\nThe {key} here is the {value}","description":"what the text ends with; {value}, at its end, is what the model must say","type":"string"},"words":{"minItems":1,"default":[{"key":"fruit","values":["apricot","banana","grape","lemon","lychee","mango","melon","papaya","peach","plum","quince","raspberry"]},{"key":"instrument","values":["accordion","banjo","cello","clarinet","flute","guitar","harp","lute","oboe","piano","trombone","violin"]},{"key":"gem","values":["amethyst","beryl","emerald","garnet","jade","onyx","opal","quartz","ruby","sapphire","topaz","turquoise"]},{"key":"herb","values":["basil","chive","coriander","dill","fennel","lavender","oregano","parsley","rosemary","saffron","tarragon","thyme"]},{"key":"dance","values":["bolero","cancan","foxtrot","flamenco","mazurka","minuet","polka","rumba","salsa","samba","tango","waltz"]},{"key":"sport","values":["archery","badminton","curling","fencing","golf","hockey","judo","karate","polo","rugby","squash","tennis"]}],"description":"keys and the values that each may have; default: six kinds of twelve things","type":"array","items":{"additionalProperties":false,"type":"object","required":["key","values"],"properties":{"key":{"minLength":1,"type":"string"},"values":{"minItems":1,"uniqueItems":true,"type":"array","items":{"minLength":1,"type":"string"}}}}}}},"batchSize":{"minimum":1,"default":4,"description":"sequences a step, before accumulation","type":"integer"},"accumulate":{"minimum":1,"default":1,"description":"micro-batches summed into one update","type":"integer"},"learningRate":{"exclusiveMinimum":0,"maximum":10,"default":0.0003,"description":"highest, after the warm-up; each context begins its schedule anew","type":"number"},"minimumLearningRate":{"minimum":0,"maximum":10,"default":0,"description":"where the schedule ends","type":"number"},"warmupSteps":{"minimum":0,"default":0,"description":"steps of linear growth from 0","type":"integer"},"schedule":{"type":"string","enum":["cosine","wsd","constant"],"default":"cosine","description":"after the warm-up; wsd: constant, then down to the minimum over the last fifth"},"optimizer":{"type":"string","enum":["adamw","muon"],"default":"adamw","description":"muon: Muon for the hidden matrices, AdamW for everything else"},"weightDecay":{"minimum":0,"default":0.1,"description":"decoupled; matrices only","type":"number"},"beta1":{"minimum":0,"exclusiveMaximum":1,"default":0.9,"description":"decay of the first moment","type":"number"},"beta2":{"minimum":0,"exclusiveMaximum":1,"default":0.95,"description":"decay of the second moment","type":"number"},"gradientClip":{"exclusiveMinimum":0,"default":1,"description":"global norm","type":"number"}}};

function validate39(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.ropeScaling === undefined){
data.ropeScaling = "yarn";
}
if(data.batchSize === undefined){
data.batchSize = 4;
}
if(data.accumulate === undefined){
data.accumulate = 1;
}
if(data.learningRate === undefined){
data.learningRate = 0.0003;
}
if(data.minimumLearningRate === undefined){
data.minimumLearningRate = 0;
}
if(data.warmupSteps === undefined){
data.warmupSteps = 0;
}
if(data.schedule === undefined){
data.schedule = "cosine";
}
if(data.optimizer === undefined){
data.optimizer = "adamw";
}
if(data.weightDecay === undefined){
data.weightDecay = 0.1;
}
if(data.beta1 === undefined){
data.beta1 = 0.9;
}
if(data.beta2 === undefined){
data.beta2 = 0.95;
}
if(data.gradientClip === undefined){
data.gradientClip = 1;
}
if(data.model === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "model"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.tokens === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "tokens"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.steps === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "steps"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.ropeScaling === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "ropeScaling"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.batchSize === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "batchSize"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.accumulate === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "accumulate"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.learningRate === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "learningRate"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.minimumLearningRate === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "minimumLearningRate"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.warmupSteps === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "warmupSteps"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.schedule === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "schedule"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.optimizer === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "optimizer"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.weightDecay === undefined){
const err11 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "weightDecay"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.beta1 === undefined){
const err12 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta1"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data.beta2 === undefined){
const err13 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta2"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data.gradientClip === undefined){
const err14 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "gradientClip"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema15.properties, key0))){
const err15 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.model !== undefined){
if(!(validate35(data.model, {instancePath:instancePath+"/model",parentData:data,parentDataProperty:"model",rootData}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
if(data.tokens !== undefined){
if(!(validate31(data.tokens, {instancePath:instancePath+"/tokens",parentData:data,parentDataProperty:"tokens",rootData}))){
vErrors = vErrors === null ? validate31.errors : vErrors.concat(validate31.errors);
errors = vErrors.length;
}
}
if(data.heldOut !== undefined){
if(!(validate31(data.heldOut, {instancePath:instancePath+"/heldOut",parentData:data,parentDataProperty:"heldOut",rootData}))){
vErrors = vErrors === null ? validate31.errors : vErrors.concat(validate31.errors);
errors = vErrors.length;
}
}
if(data.steps !== undefined){
let data3 = data.steps;
if(Array.isArray(data3)){
if(data3.length < 1){
const err16 = {instancePath:instancePath+"/steps",schemaPath:"#/properties/steps/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
let data4 = data3[i0];
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.contextLength === undefined){
const err17 = {instancePath:instancePath+"/steps/" + i0,schemaPath:"#/properties/steps/items/required",keyword:"required",params:{missingProperty: "contextLength"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data4.steps === undefined){
const err18 = {instancePath:instancePath+"/steps/" + i0,schemaPath:"#/properties/steps/items/required",keyword:"required",params:{missingProperty: "steps"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
for(const key1 in data4){
if(!((((key1 === "contextLength") || (key1 === "steps")) || (key1 === "batchSize")) || (key1 === "learningRate"))){
const err19 = {instancePath:instancePath+"/steps/" + i0,schemaPath:"#/properties/steps/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data4.contextLength !== undefined){
let data5 = data4.contextLength;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err20 = {instancePath:instancePath+"/steps/" + i0+"/contextLength",schemaPath:"#/properties/steps/items/properties/contextLength/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 2 || isNaN(data5)){
const err21 = {instancePath:instancePath+"/steps/" + i0+"/contextLength",schemaPath:"#/properties/steps/items/properties/contextLength/minimum",keyword:"minimum",params:{comparison: ">=", limit: 2}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
if(data4.steps !== undefined){
let data6 = data4.steps;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err22 = {instancePath:instancePath+"/steps/" + i0+"/steps",schemaPath:"#/properties/steps/items/properties/steps/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 0 || isNaN(data6)){
const err23 = {instancePath:instancePath+"/steps/" + i0+"/steps",schemaPath:"#/properties/steps/items/properties/steps/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
if(data4.batchSize !== undefined){
let data7 = data4.batchSize;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err24 = {instancePath:instancePath+"/steps/" + i0+"/batchSize",schemaPath:"#/properties/steps/items/properties/batchSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 1 || isNaN(data7)){
const err25 = {instancePath:instancePath+"/steps/" + i0+"/batchSize",schemaPath:"#/properties/steps/items/properties/batchSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
if(data4.learningRate !== undefined){
let data8 = data4.learningRate;
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 10 || isNaN(data8)){
const err26 = {instancePath:instancePath+"/steps/" + i0+"/learningRate",schemaPath:"#/properties/steps/items/properties/learningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(data8 <= 0 || isNaN(data8)){
const err27 = {instancePath:instancePath+"/steps/" + i0+"/learningRate",schemaPath:"#/properties/steps/items/properties/learningRate/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/steps/" + i0+"/learningRate",schemaPath:"#/properties/steps/items/properties/learningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/steps/" + i0,schemaPath:"#/properties/steps/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
}
else {
const err30 = {instancePath:instancePath+"/steps",schemaPath:"#/properties/steps/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
let data9 = data.ropeScaling;
if(typeof data9 !== "string"){
const err31 = {instancePath:instancePath+"/ropeScaling",schemaPath:"#/properties/ropeScaling/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(!((((data9 === "none") || (data9 === "linear")) || (data9 === "ntk")) || (data9 === "yarn"))){
const err32 = {instancePath:instancePath+"/ropeScaling",schemaPath:"#/properties/ropeScaling/enum",keyword:"enum",params:{allowedValues: schema15.properties.ropeScaling.enum}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data.attention !== undefined){
let data10 = data.attention;
if(typeof data10 !== "string"){
const err33 = {instancePath:instancePath+"/attention",schemaPath:"#/properties/attention/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(!(((data10 === "dense") || (data10 === "local")) || (data10 === "sparse"))){
const err34 = {instancePath:instancePath+"/attention",schemaPath:"#/properties/attention/enum",keyword:"enum",params:{allowedValues: schema15.properties.attention.enum}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data.window !== undefined){
let data11 = data.window;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
const err35 = {instancePath:instancePath+"/window",schemaPath:"#/properties/window/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 < 1 || isNaN(data11)){
const err36 = {instancePath:instancePath+"/window",schemaPath:"#/properties/window/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
if(data.sinks !== undefined){
let data12 = data.sinks;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
const err37 = {instancePath:instancePath+"/sinks",schemaPath:"#/properties/sinks/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 > 64 || isNaN(data12)){
const err38 = {instancePath:instancePath+"/sinks",schemaPath:"#/properties/sinks/maximum",keyword:"maximum",params:{comparison: "<=", limit: 64}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(data12 < 0 || isNaN(data12)){
const err39 = {instancePath:instancePath+"/sinks",schemaPath:"#/properties/sinks/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
if(data.blockSize !== undefined){
let data13 = data.blockSize;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err40 = {instancePath:instancePath+"/blockSize",schemaPath:"#/properties/blockSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 2 || isNaN(data13)){
const err41 = {instancePath:instancePath+"/blockSize",schemaPath:"#/properties/blockSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 2}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
}
if(data.selectedBlocks !== undefined){
let data14 = data.selectedBlocks;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
const err42 = {instancePath:instancePath+"/selectedBlocks",schemaPath:"#/properties/selectedBlocks/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 < 1 || isNaN(data14)){
const err43 = {instancePath:instancePath+"/selectedBlocks",schemaPath:"#/properties/selectedBlocks/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
}
if(data.needle !== undefined){
let data15 = data.needle;
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
if(data15.depths === undefined){
data15.depths = 5;
}
if(data15.samples === undefined){
data15.samples = 8;
}
if(data15.distractors === undefined){
data15.distractors = 3;
}
if(data15.statement === undefined){
data15.statement = "\nHere is the {value}.\n";
}
if(data15.question === undefined){
data15.question = "\nThe {key} here is the {value}";
}
if(data15.words === undefined){
data15.words = [{"key":"fruit","values":["apricot","banana","grape","lemon","lychee","mango","melon","papaya","peach","plum","quince","raspberry"]},{"key":"instrument","values":["accordion","banjo","cello","clarinet","flute","guitar","harp","lute","oboe","piano","trombone","violin"]},{"key":"gem","values":["amethyst","beryl","emerald","garnet","jade","onyx","opal","quartz","ruby","sapphire","topaz","turquoise"]},{"key":"herb","values":["basil","chive","coriander","dill","fennel","lavender","oregano","parsley","rosemary","saffron","tarragon","thyme"]},{"key":"dance","values":["bolero","cancan","foxtrot","flamenco","mazurka","minuet","polka","rumba","salsa","samba","tango","waltz"]},{"key":"sport","values":["archery","badminton","curling","fencing","golf","hockey","judo","karate","polo","rugby","squash","tennis"]}];
}
if(data15.depths === undefined){
const err44 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "depths"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if(data15.samples === undefined){
const err45 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "samples"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(data15.distractors === undefined){
const err46 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "distractors"}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if(data15.statement === undefined){
const err47 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "statement"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(data15.question === undefined){
const err48 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "question"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(data15.words === undefined){
const err49 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "words"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
for(const key2 in data15){
if(!(((((((key2 === "lengths") || (key2 === "depths")) || (key2 === "samples")) || (key2 === "distractors")) || (key2 === "statement")) || (key2 === "question")) || (key2 === "words"))){
const err50 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data15.lengths !== undefined){
let data16 = data15.lengths;
if(Array.isArray(data16)){
if(data16.length < 1){
const err51 = {instancePath:instancePath+"/needle/lengths",schemaPath:"#/properties/needle/properties/lengths/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
const len1 = data16.length;
for(let i1=0; i1<len1; i1++){
let data17 = data16[i1];
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
const err52 = {instancePath:instancePath+"/needle/lengths/" + i1,schemaPath:"#/properties/needle/properties/lengths/items/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 < 16 || isNaN(data17)){
const err53 = {instancePath:instancePath+"/needle/lengths/" + i1,schemaPath:"#/properties/needle/properties/lengths/items/minimum",keyword:"minimum",params:{comparison: ">=", limit: 16}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
}
}
else {
const err54 = {instancePath:instancePath+"/needle/lengths",schemaPath:"#/properties/needle/properties/lengths/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
let data18 = data15.depths;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
const err55 = {instancePath:instancePath+"/needle/depths",schemaPath:"#/properties/needle/properties/depths/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 < 1 || isNaN(data18)){
const err56 = {instancePath:instancePath+"/needle/depths",schemaPath:"#/properties/needle/properties/depths/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
let data19 = data15.samples;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
const err57 = {instancePath:instancePath+"/needle/samples",schemaPath:"#/properties/needle/properties/samples/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 < 1 || isNaN(data19)){
const err58 = {instancePath:instancePath+"/needle/samples",schemaPath:"#/properties/needle/properties/samples/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
let data20 = data15.distractors;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
const err59 = {instancePath:instancePath+"/needle/distractors",schemaPath:"#/properties/needle/properties/distractors/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 < 0 || isNaN(data20)){
const err60 = {instancePath:instancePath+"/needle/distractors",schemaPath:"#/properties/needle/properties/distractors/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(typeof data15.statement !== "string"){
const err61 = {instancePath:instancePath+"/needle/statement",schemaPath:"#/properties/needle/properties/statement/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
if(typeof data15.question !== "string"){
const err62 = {instancePath:instancePath+"/needle/question",schemaPath:"#/properties/needle/properties/question/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
let data23 = data15.words;
if(Array.isArray(data23)){
if(data23.length < 1){
const err63 = {instancePath:instancePath+"/needle/words",schemaPath:"#/properties/needle/properties/words/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
const len2 = data23.length;
for(let i2=0; i2<len2; i2++){
let data24 = data23[i2];
if(data24 && typeof data24 == "object" && !Array.isArray(data24)){
if(data24.key === undefined){
const err64 = {instancePath:instancePath+"/needle/words/" + i2,schemaPath:"#/properties/needle/properties/words/items/required",keyword:"required",params:{missingProperty: "key"}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if(data24.values === undefined){
const err65 = {instancePath:instancePath+"/needle/words/" + i2,schemaPath:"#/properties/needle/properties/words/items/required",keyword:"required",params:{missingProperty: "values"}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
for(const key3 in data24){
if(!((key3 === "key") || (key3 === "values"))){
const err66 = {instancePath:instancePath+"/needle/words/" + i2,schemaPath:"#/properties/needle/properties/words/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
if(data24.key !== undefined){
let data25 = data24.key;
if(typeof data25 === "string"){
if(func3(data25) < 1){
const err67 = {instancePath:instancePath+"/needle/words/" + i2+"/key",schemaPath:"#/properties/needle/properties/words/items/properties/key/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
else {
const err68 = {instancePath:instancePath+"/needle/words/" + i2+"/key",schemaPath:"#/properties/needle/properties/words/items/properties/key/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data24.values !== undefined){
let data26 = data24.values;
if(Array.isArray(data26)){
if(data26.length < 1){
const err69 = {instancePath:instancePath+"/needle/words/" + i2+"/values",schemaPath:"#/properties/needle/properties/words/items/properties/values/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
const len3 = data26.length;
for(let i3=0; i3<len3; i3++){
let data27 = data26[i3];
if(typeof data27 === "string"){
if(func3(data27) < 1){
const err70 = {instancePath:instancePath+"/needle/words/" + i2+"/values/" + i3,schemaPath:"#/properties/needle/properties/words/items/properties/values/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
else {
const err71 = {instancePath:instancePath+"/needle/words/" + i2+"/values/" + i3,schemaPath:"#/properties/needle/properties/words/items/properties/values/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
let i4 = data26.length;
let j0;
if(i4 > 1){
const indices0 = {};
for(;i4--;){
let item0 = data26[i4];
if(typeof item0 !== "string"){
continue;
}
if(typeof indices0[item0] == "number"){
j0 = indices0[item0];
const err72 = {instancePath:instancePath+"/needle/words/" + i2+"/values",schemaPath:"#/properties/needle/properties/words/items/properties/values/uniqueItems",keyword:"uniqueItems",params:{i: i4, j: j0}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
break;
}
indices0[item0] = i4;
}
}
}
else {
const err73 = {instancePath:instancePath+"/needle/words/" + i2+"/values",schemaPath:"#/properties/needle/properties/words/items/properties/values/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
}
else {
const err74 = {instancePath:instancePath+"/needle/words/" + i2,schemaPath:"#/properties/needle/properties/words/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
}
else {
const err75 = {instancePath:instancePath+"/needle/words",schemaPath:"#/properties/needle/properties/words/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
else {
const err76 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
let data28 = data.batchSize;
if(!(((typeof data28 == "number") && (!(data28 % 1) && !isNaN(data28))) && (isFinite(data28)))){
const err77 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 < 1 || isNaN(data28)){
const err78 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
let data29 = data.accumulate;
if(!(((typeof data29 == "number") && (!(data29 % 1) && !isNaN(data29))) && (isFinite(data29)))){
const err79 = {instancePath:instancePath+"/accumulate",schemaPath:"#/properties/accumulate/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 < 1 || isNaN(data29)){
const err80 = {instancePath:instancePath+"/accumulate",schemaPath:"#/properties/accumulate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
let data30 = data.learningRate;
if((typeof data30 == "number") && (isFinite(data30))){
if(data30 > 10 || isNaN(data30)){
const err81 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if(data30 <= 0 || isNaN(data30)){
const err82 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
else {
const err83 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
let data31 = data.minimumLearningRate;
if((typeof data31 == "number") && (isFinite(data31))){
if(data31 > 10 || isNaN(data31)){
const err84 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if(data31 < 0 || isNaN(data31)){
const err85 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
else {
const err86 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
let data32 = data.warmupSteps;
if(!(((typeof data32 == "number") && (!(data32 % 1) && !isNaN(data32))) && (isFinite(data32)))){
const err87 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
if((typeof data32 == "number") && (isFinite(data32))){
if(data32 < 0 || isNaN(data32)){
const err88 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
let data33 = data.schedule;
if(typeof data33 !== "string"){
const err89 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if(!(((data33 === "cosine") || (data33 === "wsd")) || (data33 === "constant"))){
const err90 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/enum",keyword:"enum",params:{allowedValues: schema15.properties.schedule.enum}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
let data34 = data.optimizer;
if(typeof data34 !== "string"){
const err91 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
if(!((data34 === "adamw") || (data34 === "muon"))){
const err92 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/enum",keyword:"enum",params:{allowedValues: schema15.properties.optimizer.enum}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
let data35 = data.weightDecay;
if((typeof data35 == "number") && (isFinite(data35))){
if(data35 < 0 || isNaN(data35)){
const err93 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
else {
const err94 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
let data36 = data.beta1;
if((typeof data36 == "number") && (isFinite(data36))){
if(data36 < 0 || isNaN(data36)){
const err95 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
if(data36 >= 1 || isNaN(data36)){
const err96 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
else {
const err97 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
let data37 = data.beta2;
if((typeof data37 == "number") && (isFinite(data37))){
if(data37 < 0 || isNaN(data37)){
const err98 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
if(data37 >= 1 || isNaN(data37)){
const err99 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
else {
const err100 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
let data38 = data.gradientClip;
if((typeof data38 == "number") && (isFinite(data38))){
if(data38 <= 0 || isNaN(data38)){
const err101 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
else {
const err102 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
else {
const err103 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
validate39.errors = vErrors;
return errors === 0;
}

export const validate_collect_preferences = validate43;
const schema16 = {"additionalProperties":false,"type":"object","required":["model","prompts","heldOut","batchSize","maxNewTokens","temperature","topK","topP"],"properties":{"model":{"$ref":"artifact-model"},"prompts":{"minItems":1,"type":"array","items":{"$ref":"artifact-dataset"}},"limit":{"minimum":1,"description":"at most so many prompts","type":"integer"},"judge":{"additionalProperties":false,"description":"a rule in a person's place","type":"object","required":["kind","prefer"],"properties":{"kind":{"type":"string","enum":["number","exact","regex","code","module","length","rewardModel"],"description":"length: characters; regex: number of matches; rewardModel: its score; else as a verifier of that kind"},"prefer":{"type":"string","enum":["more","less"],"default":"more","description":"which score is the better one"},"rewardModel":{"$ref":"artifact-reward-model"},"pattern":{"minLength":1,"description":"regex: a JavaScript regular expression, flags u and s","type":"string"},"path":{"minLength":1,"x-path":true,"description":"module: a JavaScript file below the working folder; its default export is the rule","type":"string"},"stepLimit":{"minimum":10000,"maximum":1000000000,"description":"code: most calls and turns of loops, in steps of 10,000; default 1,000,000","type":"integer"},"timeLimitMs":{"minimum":1,"maximum":60000,"description":"regex, code, module: longest time for one response, ms; default 5000","type":"integer"},"memoryLimitBytes":{"minimum":16777216,"maximum":1073741824,"description":"code (default 32 MiB), module (default 256 MiB): most memory, bytes","type":"integer"}}},"count":{"minimum":1,"description":"choices to make; default: one for each pair","type":"integer"},"deadline":{"pattern":"^[1-9][0-9]{0,7}(ms|s|m|h|d)$","description":"a person is waited for no longer than this; default: without end","x-duration":true,"type":"string"},"heldOut":{"minimum":0,"exclusiveMaximum":1,"default":0,"description":"share of preferences held out, by hash of the prompt","type":"number"},"batchSize":{"minimum":1,"default":16,"description":"responses at once","type":"integer"},"maxNewTokens":{"minimum":1,"default":48,"description":"longest answer, tokens","type":"integer"},"temperature":{"exclusiveMinimum":0,"default":1,"description":"the higher, the more they differ","type":"number"},"topK":{"minimum":0,"default":0,"description":"sample among the k most probable tokens; 0: off","type":"integer"},"topP":{"exclusiveMinimum":0,"maximum":1,"default":1,"description":"sample among the tokens that make up this share; 1: off","type":"number"}}};
const schema17 = {"additionalProperties":false,"x-artifact":"reward-model","type":"object","required":["artifact","digest"],"properties":{"artifact":{"const":"reward-model","type":"string"},"digest":{"pattern":"^[0-9a-f]{64}$","type":"string"}}};

function validate46(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.artifact === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "artifact"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.digest === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "digest"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "artifact") || (key0 === "digest"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.artifact !== undefined){
let data0 = data.artifact;
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if("reward-model" !== data0){
const err4 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/const",keyword:"const",params:{allowedValue: "reward-model"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.digest !== undefined){
let data1 = data.digest;
if(typeof data1 === "string"){
if(!pattern19.test(data1)){
const err5 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate46.errors = vErrors;
return errors === 0;
}


function validate43(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.heldOut === undefined){
data.heldOut = 0;
}
if(data.batchSize === undefined){
data.batchSize = 16;
}
if(data.maxNewTokens === undefined){
data.maxNewTokens = 48;
}
if(data.temperature === undefined){
data.temperature = 1;
}
if(data.topK === undefined){
data.topK = 0;
}
if(data.topP === undefined){
data.topP = 1;
}
if(data.model === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "model"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.prompts === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "prompts"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.heldOut === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "heldOut"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.batchSize === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "batchSize"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.maxNewTokens === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "maxNewTokens"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.temperature === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "temperature"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.topK === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "topK"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.topP === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "topP"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema16.properties, key0))){
const err8 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.model !== undefined){
if(!(validate35(data.model, {instancePath:instancePath+"/model",parentData:data,parentDataProperty:"model",rootData}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
if(data.prompts !== undefined){
let data1 = data.prompts;
if(Array.isArray(data1)){
if(data1.length < 1){
const err9 = {instancePath:instancePath+"/prompts",schemaPath:"#/properties/prompts/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(!(validate24(data1[i0], {instancePath:instancePath+"/prompts/" + i0,parentData:data1,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err10 = {instancePath:instancePath+"/prompts",schemaPath:"#/properties/prompts/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.limit !== undefined){
let data3 = data.limit;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
const err11 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 < 1 || isNaN(data3)){
const err12 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
if(data.judge !== undefined){
let data4 = data.judge;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.prefer === undefined){
data4.prefer = "more";
}
if(data4.kind === undefined){
const err13 = {instancePath:instancePath+"/judge",schemaPath:"#/properties/judge/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data4.prefer === undefined){
const err14 = {instancePath:instancePath+"/judge",schemaPath:"#/properties/judge/required",keyword:"required",params:{missingProperty: "prefer"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
for(const key1 in data4){
if(!((((((((key1 === "kind") || (key1 === "prefer")) || (key1 === "rewardModel")) || (key1 === "pattern")) || (key1 === "path")) || (key1 === "stepLimit")) || (key1 === "timeLimitMs")) || (key1 === "memoryLimitBytes"))){
const err15 = {instancePath:instancePath+"/judge",schemaPath:"#/properties/judge/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data4.kind !== undefined){
let data5 = data4.kind;
if(typeof data5 !== "string"){
const err16 = {instancePath:instancePath+"/judge/kind",schemaPath:"#/properties/judge/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(!(((((((data5 === "number") || (data5 === "exact")) || (data5 === "regex")) || (data5 === "code")) || (data5 === "module")) || (data5 === "length")) || (data5 === "rewardModel"))){
const err17 = {instancePath:instancePath+"/judge/kind",schemaPath:"#/properties/judge/properties/kind/enum",keyword:"enum",params:{allowedValues: schema16.properties.judge.properties.kind.enum}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
let data6 = data4.prefer;
if(typeof data6 !== "string"){
const err18 = {instancePath:instancePath+"/judge/prefer",schemaPath:"#/properties/judge/properties/prefer/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(!((data6 === "more") || (data6 === "less"))){
const err19 = {instancePath:instancePath+"/judge/prefer",schemaPath:"#/properties/judge/properties/prefer/enum",keyword:"enum",params:{allowedValues: schema16.properties.judge.properties.prefer.enum}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data4.rewardModel !== undefined){
if(!(validate46(data4.rewardModel, {instancePath:instancePath+"/judge/rewardModel",parentData:data4,parentDataProperty:"rewardModel",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
}
if(data4.pattern !== undefined){
let data8 = data4.pattern;
if(typeof data8 === "string"){
if(func3(data8) < 1){
const err20 = {instancePath:instancePath+"/judge/pattern",schemaPath:"#/properties/judge/properties/pattern/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/judge/pattern",schemaPath:"#/properties/judge/properties/pattern/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data4.path !== undefined){
let data9 = data4.path;
if(typeof data9 === "string"){
if(func3(data9) < 1){
const err22 = {instancePath:instancePath+"/judge/path",schemaPath:"#/properties/judge/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/judge/path",schemaPath:"#/properties/judge/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data4.stepLimit !== undefined){
let data10 = data4.stepLimit;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
const err24 = {instancePath:instancePath+"/judge/stepLimit",schemaPath:"#/properties/judge/properties/stepLimit/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 1000000000 || isNaN(data10)){
const err25 = {instancePath:instancePath+"/judge/stepLimit",schemaPath:"#/properties/judge/properties/stepLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data10 < 10000 || isNaN(data10)){
const err26 = {instancePath:instancePath+"/judge/stepLimit",schemaPath:"#/properties/judge/properties/stepLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 10000}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
if(data4.timeLimitMs !== undefined){
let data11 = data4.timeLimitMs;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
const err27 = {instancePath:instancePath+"/judge/timeLimitMs",schemaPath:"#/properties/judge/properties/timeLimitMs/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 60000 || isNaN(data11)){
const err28 = {instancePath:instancePath+"/judge/timeLimitMs",schemaPath:"#/properties/judge/properties/timeLimitMs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 60000}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(data11 < 1 || isNaN(data11)){
const err29 = {instancePath:instancePath+"/judge/timeLimitMs",schemaPath:"#/properties/judge/properties/timeLimitMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
}
if(data4.memoryLimitBytes !== undefined){
let data12 = data4.memoryLimitBytes;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
const err30 = {instancePath:instancePath+"/judge/memoryLimitBytes",schemaPath:"#/properties/judge/properties/memoryLimitBytes/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 > 1073741824 || isNaN(data12)){
const err31 = {instancePath:instancePath+"/judge/memoryLimitBytes",schemaPath:"#/properties/judge/properties/memoryLimitBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1073741824}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(data12 < 16777216 || isNaN(data12)){
const err32 = {instancePath:instancePath+"/judge/memoryLimitBytes",schemaPath:"#/properties/judge/properties/memoryLimitBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 16777216}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
}
}
else {
const err33 = {instancePath:instancePath+"/judge",schemaPath:"#/properties/judge/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data.count !== undefined){
let data13 = data.count;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err34 = {instancePath:instancePath+"/count",schemaPath:"#/properties/count/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 1 || isNaN(data13)){
const err35 = {instancePath:instancePath+"/count",schemaPath:"#/properties/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
}
if(data.deadline !== undefined){
let data14 = data.deadline;
if(typeof data14 === "string"){
if(!pattern3.test(data14)){
const err36 = {instancePath:instancePath+"/deadline",schemaPath:"#/properties/deadline/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,7}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/deadline",schemaPath:"#/properties/deadline/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
let data15 = data.heldOut;
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 < 0 || isNaN(data15)){
const err38 = {instancePath:instancePath+"/heldOut",schemaPath:"#/properties/heldOut/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
if(data15 >= 1 || isNaN(data15)){
const err39 = {instancePath:instancePath+"/heldOut",schemaPath:"#/properties/heldOut/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/heldOut",schemaPath:"#/properties/heldOut/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
let data16 = data.batchSize;
if(!(((typeof data16 == "number") && (!(data16 % 1) && !isNaN(data16))) && (isFinite(data16)))){
const err41 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 < 1 || isNaN(data16)){
const err42 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
let data17 = data.maxNewTokens;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
const err43 = {instancePath:instancePath+"/maxNewTokens",schemaPath:"#/properties/maxNewTokens/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 < 1 || isNaN(data17)){
const err44 = {instancePath:instancePath+"/maxNewTokens",schemaPath:"#/properties/maxNewTokens/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
let data18 = data.temperature;
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 <= 0 || isNaN(data18)){
const err45 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
else {
const err46 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
let data19 = data.topK;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
const err47 = {instancePath:instancePath+"/topK",schemaPath:"#/properties/topK/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 < 0 || isNaN(data19)){
const err48 = {instancePath:instancePath+"/topK",schemaPath:"#/properties/topK/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
let data20 = data.topP;
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 > 1 || isNaN(data20)){
const err49 = {instancePath:instancePath+"/topP",schemaPath:"#/properties/topP/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
if(data20 <= 0 || isNaN(data20)){
const err50 = {instancePath:instancePath+"/topP",schemaPath:"#/properties/topP/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
else {
const err51 = {instancePath:instancePath+"/topP",schemaPath:"#/properties/topP/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
else {
const err52 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
validate43.errors = vErrors;
return errors === 0;
}

export const validate_reward_model = validate48;
const schema18 = {"additionalProperties":false,"type":"object","required":["model","data","heldOut","epochs","batchSize","centering","learningRate","minimumLearningRate","warmupSteps","schedule","optimizer","weightDecay","beta1","beta2","gradientClip"],"properties":{"model":{"$ref":"artifact-model"},"data":{"minItems":1,"type":"array","items":{"$ref":"artifact-dataset"}},"heldOut":{"default":[],"type":"array","items":{"$ref":"artifact-dataset"}},"epochs":{"exclusiveMinimum":0,"default":1,"description":"times through the pairs","type":"number"},"batchSize":{"minimum":1,"default":32,"description":"pairs a step","type":"integer"},"centering":{"minimum":0,"default":0.01,"description":"weight of (chosen + rejected)² in the loss","type":"number"},"learningRate":{"exclusiveMinimum":0,"maximum":10,"default":0.001,"description":"highest, after the warm-up","type":"number"},"minimumLearningRate":{"minimum":0,"maximum":10,"default":0,"description":"where the schedule ends","type":"number"},"warmupSteps":{"minimum":0,"default":0,"description":"steps of linear growth from 0","type":"integer"},"schedule":{"type":"string","enum":["cosine","wsd","constant"],"default":"cosine","description":"after the warm-up; wsd: constant, then down to the minimum over the last fifth"},"optimizer":{"type":"string","enum":["adamw","muon"],"default":"adamw","description":"muon: Muon for the hidden matrices, AdamW for everything else"},"weightDecay":{"minimum":0,"default":0.1,"description":"decoupled; matrices only","type":"number"},"beta1":{"minimum":0,"exclusiveMaximum":1,"default":0.9,"description":"decay of the first moment","type":"number"},"beta2":{"minimum":0,"exclusiveMaximum":1,"default":0.95,"description":"decay of the second moment","type":"number"},"gradientClip":{"exclusiveMinimum":0,"default":1,"description":"global norm","type":"number"}}};

function validate48(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.heldOut === undefined){
data.heldOut = [];
}
if(data.epochs === undefined){
data.epochs = 1;
}
if(data.batchSize === undefined){
data.batchSize = 32;
}
if(data.centering === undefined){
data.centering = 0.01;
}
if(data.learningRate === undefined){
data.learningRate = 0.001;
}
if(data.minimumLearningRate === undefined){
data.minimumLearningRate = 0;
}
if(data.warmupSteps === undefined){
data.warmupSteps = 0;
}
if(data.schedule === undefined){
data.schedule = "cosine";
}
if(data.optimizer === undefined){
data.optimizer = "adamw";
}
if(data.weightDecay === undefined){
data.weightDecay = 0.1;
}
if(data.beta1 === undefined){
data.beta1 = 0.9;
}
if(data.beta2 === undefined){
data.beta2 = 0.95;
}
if(data.gradientClip === undefined){
data.gradientClip = 1;
}
if(data.model === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "model"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.data === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "data"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.heldOut === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "heldOut"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.epochs === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "epochs"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.batchSize === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "batchSize"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.centering === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "centering"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.learningRate === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "learningRate"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.minimumLearningRate === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "minimumLearningRate"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.warmupSteps === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "warmupSteps"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.schedule === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "schedule"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.optimizer === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "optimizer"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.weightDecay === undefined){
const err11 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "weightDecay"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.beta1 === undefined){
const err12 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta1"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data.beta2 === undefined){
const err13 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta2"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data.gradientClip === undefined){
const err14 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "gradientClip"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema18.properties, key0))){
const err15 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.model !== undefined){
if(!(validate35(data.model, {instancePath:instancePath+"/model",parentData:data,parentDataProperty:"model",rootData}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
if(data.data !== undefined){
let data1 = data.data;
if(Array.isArray(data1)){
if(data1.length < 1){
const err16 = {instancePath:instancePath+"/data",schemaPath:"#/properties/data/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(!(validate24(data1[i0], {instancePath:instancePath+"/data/" + i0,parentData:data1,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err17 = {instancePath:instancePath+"/data",schemaPath:"#/properties/data/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
let data3 = data.heldOut;
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
if(!(validate24(data3[i1], {instancePath:instancePath+"/heldOut/" + i1,parentData:data3,parentDataProperty:i1,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err18 = {instancePath:instancePath+"/heldOut",schemaPath:"#/properties/heldOut/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
let data5 = data.epochs;
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 <= 0 || isNaN(data5)){
const err19 = {instancePath:instancePath+"/epochs",schemaPath:"#/properties/epochs/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/epochs",schemaPath:"#/properties/epochs/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
let data6 = data.batchSize;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err21 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 1 || isNaN(data6)){
const err22 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
let data7 = data.centering;
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 0 || isNaN(data7)){
const err23 = {instancePath:instancePath+"/centering",schemaPath:"#/properties/centering/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/centering",schemaPath:"#/properties/centering/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
let data8 = data.learningRate;
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 10 || isNaN(data8)){
const err25 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data8 <= 0 || isNaN(data8)){
const err26 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
let data9 = data.minimumLearningRate;
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 10 || isNaN(data9)){
const err28 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(data9 < 0 || isNaN(data9)){
const err29 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
let data10 = data.warmupSteps;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
const err31 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 < 0 || isNaN(data10)){
const err32 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
let data11 = data.schedule;
if(typeof data11 !== "string"){
const err33 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(!(((data11 === "cosine") || (data11 === "wsd")) || (data11 === "constant"))){
const err34 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/enum",keyword:"enum",params:{allowedValues: schema18.properties.schedule.enum}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
let data12 = data.optimizer;
if(typeof data12 !== "string"){
const err35 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(!((data12 === "adamw") || (data12 === "muon"))){
const err36 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/enum",keyword:"enum",params:{allowedValues: schema18.properties.optimizer.enum}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
let data13 = data.weightDecay;
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 0 || isNaN(data13)){
const err37 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
let data14 = data.beta1;
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 < 0 || isNaN(data14)){
const err39 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
if(data14 >= 1 || isNaN(data14)){
const err40 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
else {
const err41 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
let data15 = data.beta2;
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 < 0 || isNaN(data15)){
const err42 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(data15 >= 1 || isNaN(data15)){
const err43 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
else {
const err44 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
let data16 = data.gradientClip;
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 <= 0 || isNaN(data16)){
const err45 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
else {
const err46 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
validate48.errors = vErrors;
return errors === 0;
}

export const validate_ppo = validate52;
const schema19 = {"additionalProperties":false,"type":"object","required":["model","rewardModel","prompts","batchSize","minibatches","epochs","iterations","maxNewTokens","temperature","samplingBatch","learningRate","minimumLearningRate","warmupSteps","schedule","optimizer","weightDecay","beta1","beta2","gradientClip","criticLearningRate","klCoefficient","klHorizon","missingEndPenalty","gamma","lambda","clip","valueClip","valueCoefficient"],"properties":{"model":{"$ref":"artifact-model"},"rewardModel":{"$ref":"artifact-reward-model"},"prompts":{"minItems":1,"type":"array","items":{"$ref":"artifact-dataset"}},"batchSize":{"minimum":1,"default":64,"description":"responses an iteration","type":"integer"},"minibatches":{"minimum":1,"default":2,"description":"parts of an iteration, one update each","type":"integer"},"epochs":{"minimum":1,"default":2,"description":"times through an iteration's responses","type":"integer"},"iterations":{"minimum":0,"default":50,"description":"times that responses are written and learnt from","type":"integer"},"maxNewTokens":{"minimum":1,"default":48,"description":"longest response, tokens","type":"integer"},"temperature":{"exclusiveMinimum":0,"default":1,"description":"responses are sampled at it, from all tokens; every log-probability is taken at it","type":"number"},"samplingBatch":{"minimum":1,"default":64,"description":"most responses written together","type":"integer"},"learningRate":{"exclusiveMinimum":0,"maximum":10,"default":0.0001,"description":"highest, after the warm-up","type":"number"},"minimumLearningRate":{"minimum":0,"maximum":10,"default":0,"description":"where the schedule ends","type":"number"},"warmupSteps":{"minimum":0,"default":0,"description":"steps of linear growth from 0","type":"integer"},"schedule":{"type":"string","enum":["cosine","wsd","constant"],"default":"constant","description":"after the warm-up, over all updates"},"optimizer":{"type":"string","enum":["adamw","muon"],"default":"adamw","description":"muon: Muon for the hidden matrices, AdamW for everything else"},"weightDecay":{"minimum":0,"default":0,"description":"decoupled; matrices only","type":"number"},"beta1":{"minimum":0,"exclusiveMaximum":1,"default":0.9,"description":"decay of the first moment","type":"number"},"beta2":{"minimum":0,"exclusiveMaximum":1,"default":0.95,"description":"decay of the second moment","type":"number"},"gradientClip":{"exclusiveMinimum":0,"default":1,"description":"global norm","type":"number"},"criticLearningRate":{"exclusiveMinimum":0,"maximum":10,"default":0.0003,"description":"highest","type":"number"},"klCoefficient":{"minimum":0,"default":0.05,"description":"reward lost for a nat of divergence","type":"number"},"klTarget":{"exclusiveMinimum":0,"description":"divergence of a response to aim at, nats, by changing the coefficient; absent: it stays","type":"number"},"klHorizon":{"minimum":1,"default":1000,"description":"responses over which the coefficient answers to an error","type":"integer"},"missingEndPenalty":{"minimum":0,"default":1,"description":"reward lost by a response that did not end by itself","type":"number"},"gamma":{"minimum":0,"maximum":1,"default":1,"description":"discount of later rewards","type":"number"},"lambda":{"minimum":0,"maximum":1,"default":0.95,"description":"of generalised advantage estimation","type":"number"},"clip":{"exclusiveMinimum":0,"default":0.2,"description":"of the ratio of probabilities","type":"number"},"valueClip":{"exclusiveMinimum":0,"default":0.2,"description":"of the critic's change","type":"number"},"valueCoefficient":{"exclusiveMinimum":0,"default":0.1,"description":"of the value loss","type":"number"}}};

function validate52(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.batchSize === undefined){
data.batchSize = 64;
}
if(data.minibatches === undefined){
data.minibatches = 2;
}
if(data.epochs === undefined){
data.epochs = 2;
}
if(data.iterations === undefined){
data.iterations = 50;
}
if(data.maxNewTokens === undefined){
data.maxNewTokens = 48;
}
if(data.temperature === undefined){
data.temperature = 1;
}
if(data.samplingBatch === undefined){
data.samplingBatch = 64;
}
if(data.learningRate === undefined){
data.learningRate = 0.0001;
}
if(data.minimumLearningRate === undefined){
data.minimumLearningRate = 0;
}
if(data.warmupSteps === undefined){
data.warmupSteps = 0;
}
if(data.schedule === undefined){
data.schedule = "constant";
}
if(data.optimizer === undefined){
data.optimizer = "adamw";
}
if(data.weightDecay === undefined){
data.weightDecay = 0;
}
if(data.beta1 === undefined){
data.beta1 = 0.9;
}
if(data.beta2 === undefined){
data.beta2 = 0.95;
}
if(data.gradientClip === undefined){
data.gradientClip = 1;
}
if(data.criticLearningRate === undefined){
data.criticLearningRate = 0.0003;
}
if(data.klCoefficient === undefined){
data.klCoefficient = 0.05;
}
if(data.klHorizon === undefined){
data.klHorizon = 1000;
}
if(data.missingEndPenalty === undefined){
data.missingEndPenalty = 1;
}
if(data.gamma === undefined){
data.gamma = 1;
}
if(data.lambda === undefined){
data.lambda = 0.95;
}
if(data.clip === undefined){
data.clip = 0.2;
}
if(data.valueClip === undefined){
data.valueClip = 0.2;
}
if(data.valueCoefficient === undefined){
data.valueCoefficient = 0.1;
}
if(data.model === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "model"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.rewardModel === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "rewardModel"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.prompts === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "prompts"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.batchSize === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "batchSize"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.minibatches === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "minibatches"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.epochs === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "epochs"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.iterations === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "iterations"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.maxNewTokens === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "maxNewTokens"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.temperature === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "temperature"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.samplingBatch === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "samplingBatch"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.learningRate === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "learningRate"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.minimumLearningRate === undefined){
const err11 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "minimumLearningRate"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.warmupSteps === undefined){
const err12 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "warmupSteps"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data.schedule === undefined){
const err13 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "schedule"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data.optimizer === undefined){
const err14 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "optimizer"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data.weightDecay === undefined){
const err15 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "weightDecay"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data.beta1 === undefined){
const err16 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta1"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data.beta2 === undefined){
const err17 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta2"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data.gradientClip === undefined){
const err18 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "gradientClip"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data.criticLearningRate === undefined){
const err19 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "criticLearningRate"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data.klCoefficient === undefined){
const err20 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "klCoefficient"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data.klHorizon === undefined){
const err21 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "klHorizon"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data.missingEndPenalty === undefined){
const err22 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "missingEndPenalty"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data.gamma === undefined){
const err23 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "gamma"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data.lambda === undefined){
const err24 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "lambda"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data.clip === undefined){
const err25 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "clip"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data.valueClip === undefined){
const err26 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "valueClip"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(data.valueCoefficient === undefined){
const err27 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "valueCoefficient"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema19.properties, key0))){
const err28 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data.model !== undefined){
if(!(validate35(data.model, {instancePath:instancePath+"/model",parentData:data,parentDataProperty:"model",rootData}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
if(data.rewardModel !== undefined){
if(!(validate46(data.rewardModel, {instancePath:instancePath+"/rewardModel",parentData:data,parentDataProperty:"rewardModel",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
}
if(data.prompts !== undefined){
let data2 = data.prompts;
if(Array.isArray(data2)){
if(data2.length < 1){
const err29 = {instancePath:instancePath+"/prompts",schemaPath:"#/properties/prompts/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
if(!(validate24(data2[i0], {instancePath:instancePath+"/prompts/" + i0,parentData:data2,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err30 = {instancePath:instancePath+"/prompts",schemaPath:"#/properties/prompts/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
let data4 = data.batchSize;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err31 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 1 || isNaN(data4)){
const err32 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
let data5 = data.minibatches;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err33 = {instancePath:instancePath+"/minibatches",schemaPath:"#/properties/minibatches/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 1 || isNaN(data5)){
const err34 = {instancePath:instancePath+"/minibatches",schemaPath:"#/properties/minibatches/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
let data6 = data.epochs;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err35 = {instancePath:instancePath+"/epochs",schemaPath:"#/properties/epochs/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 1 || isNaN(data6)){
const err36 = {instancePath:instancePath+"/epochs",schemaPath:"#/properties/epochs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
let data7 = data.iterations;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err37 = {instancePath:instancePath+"/iterations",schemaPath:"#/properties/iterations/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 0 || isNaN(data7)){
const err38 = {instancePath:instancePath+"/iterations",schemaPath:"#/properties/iterations/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
let data8 = data.maxNewTokens;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err39 = {instancePath:instancePath+"/maxNewTokens",schemaPath:"#/properties/maxNewTokens/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 < 1 || isNaN(data8)){
const err40 = {instancePath:instancePath+"/maxNewTokens",schemaPath:"#/properties/maxNewTokens/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
let data9 = data.temperature;
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 <= 0 || isNaN(data9)){
const err41 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
let data10 = data.samplingBatch;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
const err43 = {instancePath:instancePath+"/samplingBatch",schemaPath:"#/properties/samplingBatch/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 < 1 || isNaN(data10)){
const err44 = {instancePath:instancePath+"/samplingBatch",schemaPath:"#/properties/samplingBatch/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
let data11 = data.learningRate;
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 10 || isNaN(data11)){
const err45 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(data11 <= 0 || isNaN(data11)){
const err46 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
let data12 = data.minimumLearningRate;
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 > 10 || isNaN(data12)){
const err48 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(data12 < 0 || isNaN(data12)){
const err49 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
else {
const err50 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
let data13 = data.warmupSteps;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err51 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 0 || isNaN(data13)){
const err52 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
let data14 = data.schedule;
if(typeof data14 !== "string"){
const err53 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(!(((data14 === "cosine") || (data14 === "wsd")) || (data14 === "constant"))){
const err54 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/enum",keyword:"enum",params:{allowedValues: schema19.properties.schedule.enum}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
let data15 = data.optimizer;
if(typeof data15 !== "string"){
const err55 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if(!((data15 === "adamw") || (data15 === "muon"))){
const err56 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/enum",keyword:"enum",params:{allowedValues: schema19.properties.optimizer.enum}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
let data16 = data.weightDecay;
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 < 0 || isNaN(data16)){
const err57 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
else {
const err58 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
let data17 = data.beta1;
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 < 0 || isNaN(data17)){
const err59 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(data17 >= 1 || isNaN(data17)){
const err60 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
else {
const err61 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
let data18 = data.beta2;
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 < 0 || isNaN(data18)){
const err62 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(data18 >= 1 || isNaN(data18)){
const err63 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
else {
const err64 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
let data19 = data.gradientClip;
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 <= 0 || isNaN(data19)){
const err65 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
else {
const err66 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
let data20 = data.criticLearningRate;
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 > 10 || isNaN(data20)){
const err67 = {instancePath:instancePath+"/criticLearningRate",schemaPath:"#/properties/criticLearningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
if(data20 <= 0 || isNaN(data20)){
const err68 = {instancePath:instancePath+"/criticLearningRate",schemaPath:"#/properties/criticLearningRate/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
else {
const err69 = {instancePath:instancePath+"/criticLearningRate",schemaPath:"#/properties/criticLearningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
let data21 = data.klCoefficient;
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 < 0 || isNaN(data21)){
const err70 = {instancePath:instancePath+"/klCoefficient",schemaPath:"#/properties/klCoefficient/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
else {
const err71 = {instancePath:instancePath+"/klCoefficient",schemaPath:"#/properties/klCoefficient/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(data.klTarget !== undefined){
let data22 = data.klTarget;
if((typeof data22 == "number") && (isFinite(data22))){
if(data22 <= 0 || isNaN(data22)){
const err72 = {instancePath:instancePath+"/klTarget",schemaPath:"#/properties/klTarget/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
else {
const err73 = {instancePath:instancePath+"/klTarget",schemaPath:"#/properties/klTarget/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
let data23 = data.klHorizon;
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
const err74 = {instancePath:instancePath+"/klHorizon",schemaPath:"#/properties/klHorizon/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 < 1 || isNaN(data23)){
const err75 = {instancePath:instancePath+"/klHorizon",schemaPath:"#/properties/klHorizon/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
let data24 = data.missingEndPenalty;
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 < 0 || isNaN(data24)){
const err76 = {instancePath:instancePath+"/missingEndPenalty",schemaPath:"#/properties/missingEndPenalty/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
else {
const err77 = {instancePath:instancePath+"/missingEndPenalty",schemaPath:"#/properties/missingEndPenalty/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
let data25 = data.gamma;
if((typeof data25 == "number") && (isFinite(data25))){
if(data25 > 1 || isNaN(data25)){
const err78 = {instancePath:instancePath+"/gamma",schemaPath:"#/properties/gamma/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
if(data25 < 0 || isNaN(data25)){
const err79 = {instancePath:instancePath+"/gamma",schemaPath:"#/properties/gamma/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
else {
const err80 = {instancePath:instancePath+"/gamma",schemaPath:"#/properties/gamma/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
let data26 = data.lambda;
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 > 1 || isNaN(data26)){
const err81 = {instancePath:instancePath+"/lambda",schemaPath:"#/properties/lambda/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if(data26 < 0 || isNaN(data26)){
const err82 = {instancePath:instancePath+"/lambda",schemaPath:"#/properties/lambda/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
else {
const err83 = {instancePath:instancePath+"/lambda",schemaPath:"#/properties/lambda/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
let data27 = data.clip;
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 <= 0 || isNaN(data27)){
const err84 = {instancePath:instancePath+"/clip",schemaPath:"#/properties/clip/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
else {
const err85 = {instancePath:instancePath+"/clip",schemaPath:"#/properties/clip/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
let data28 = data.valueClip;
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 <= 0 || isNaN(data28)){
const err86 = {instancePath:instancePath+"/valueClip",schemaPath:"#/properties/valueClip/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
else {
const err87 = {instancePath:instancePath+"/valueClip",schemaPath:"#/properties/valueClip/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
let data29 = data.valueCoefficient;
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 <= 0 || isNaN(data29)){
const err88 = {instancePath:instancePath+"/valueCoefficient",schemaPath:"#/properties/valueCoefficient/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
else {
const err89 = {instancePath:instancePath+"/valueCoefficient",schemaPath:"#/properties/valueCoefficient/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
else {
const err90 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
validate52.errors = vErrors;
return errors === 0;
}

export const validate_grpo = validate56;
const schema20 = {"additionalProperties":false,"type":"object","required":["model","data","verifiers","groupSize","groups","minibatches","epochs","iterations","maxNewTokens","temperature","samplingBatch","learningRate","minimumLearningRate","warmupSteps","schedule","optimizer","weightDecay","beta1","beta2","gradientClip","lossType","scaleRewards","epsilon","beta","dynamicSampling"],"properties":{"model":{"$ref":"artifact-model"},"data":{"minItems":1,"type":"array","items":{"$ref":"artifact-dataset"}},"verifiers":{"minItems":1,"description":"what makes a response right","type":"array","items":{"additionalProperties":false,"description":"a rule that says whether a response is right","type":"object","required":["kind","weight"],"properties":{"kind":{"type":"string","enum":["number","exact","regex","code","module"],"description":"what makes a response right"},"task":{"minLength":1,"description":"only rows with this `task`; absent: all others","type":"string"},"weight":{"default":1,"description":"what the verdict is multiplied by","type":"number"},"pattern":{"minLength":1,"description":"regex: a JavaScript regular expression, flags u and s","type":"string"},"path":{"minLength":1,"x-path":true,"description":"module: a JavaScript file below the working folder; its default export is the rule","type":"string"},"stepLimit":{"minimum":10000,"maximum":1000000000,"description":"code: most calls and turns of loops, in steps of 10,000; default 1,000,000","type":"integer"},"timeLimitMs":{"minimum":1,"maximum":60000,"description":"regex, code, module: longest time for one response, ms; default 5000","type":"integer"},"memoryLimitBytes":{"minimum":16777216,"maximum":1073741824,"description":"code (default 32 MiB), module (default 256 MiB): most memory, bytes","type":"integer"}}}},"groupSize":{"minimum":2,"default":8,"description":"responses to each prompt","type":"integer"},"groups":{"minimum":1,"default":16,"description":"prompts an iteration","type":"integer"},"minibatches":{"minimum":1,"default":1,"description":"parts of an iteration, one update each","type":"integer"},"epochs":{"minimum":1,"default":1,"description":"times through an iteration's responses","type":"integer"},"iterations":{"minimum":0,"default":50,"description":"times that responses are written and learnt from","type":"integer"},"maxNewTokens":{"minimum":1,"default":48,"description":"longest response, tokens","type":"integer"},"temperature":{"exclusiveMinimum":0,"default":1,"description":"responses are sampled at it, from all tokens; every log-probability is taken at it","type":"number"},"samplingBatch":{"minimum":1,"default":64,"description":"most responses written together","type":"integer"},"learningRate":{"exclusiveMinimum":0,"maximum":10,"default":0.0001,"description":"highest, after the warm-up","type":"number"},"minimumLearningRate":{"minimum":0,"maximum":10,"default":0,"description":"where the schedule ends","type":"number"},"warmupSteps":{"minimum":0,"default":0,"description":"steps of linear growth from 0","type":"integer"},"schedule":{"type":"string","enum":["cosine","wsd","constant"],"default":"constant","description":"after the warm-up, over all updates"},"optimizer":{"type":"string","enum":["adamw","muon"],"default":"adamw","description":"muon: Muon for the hidden matrices, AdamW for everything else"},"weightDecay":{"minimum":0,"default":0,"description":"decoupled; matrices only","type":"number"},"beta1":{"minimum":0,"exclusiveMaximum":1,"default":0.9,"description":"decay of the first moment","type":"number"},"beta2":{"minimum":0,"exclusiveMaximum":1,"default":0.95,"description":"decay of the second moment","type":"number"},"gradientClip":{"exclusiveMinimum":0,"default":1,"description":"global norm","type":"number"},"lossType":{"type":"string","enum":["grpo","dapo","dr_grpo"],"default":"dapo","description":"mean over responses of the mean over tokens; mean over all tokens; sum over a constant length"},"scaleRewards":{"type":"string","enum":["group","batch","none"],"default":"group","description":"whose standard deviation the advantages are divided by; none: Dr. GRPO"},"epsilon":{"exclusiveMinimum":0,"default":0.2,"description":"clip of the ratio of probabilities","type":"number"},"epsilonHigh":{"exclusiveMinimum":0,"description":"its upper bound; default: epsilon; 0.28 in DAPO","type":"number"},"beta":{"minimum":0,"default":0,"description":"weight of the divergence from the reference","type":"number"},"dynamicSampling":{"default":false,"description":"groups whose rewards are all equal are replaced by other prompts' groups","type":"boolean"}}};

function validate56(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.groupSize === undefined){
data.groupSize = 8;
}
if(data.groups === undefined){
data.groups = 16;
}
if(data.minibatches === undefined){
data.minibatches = 1;
}
if(data.epochs === undefined){
data.epochs = 1;
}
if(data.iterations === undefined){
data.iterations = 50;
}
if(data.maxNewTokens === undefined){
data.maxNewTokens = 48;
}
if(data.temperature === undefined){
data.temperature = 1;
}
if(data.samplingBatch === undefined){
data.samplingBatch = 64;
}
if(data.learningRate === undefined){
data.learningRate = 0.0001;
}
if(data.minimumLearningRate === undefined){
data.minimumLearningRate = 0;
}
if(data.warmupSteps === undefined){
data.warmupSteps = 0;
}
if(data.schedule === undefined){
data.schedule = "constant";
}
if(data.optimizer === undefined){
data.optimizer = "adamw";
}
if(data.weightDecay === undefined){
data.weightDecay = 0;
}
if(data.beta1 === undefined){
data.beta1 = 0.9;
}
if(data.beta2 === undefined){
data.beta2 = 0.95;
}
if(data.gradientClip === undefined){
data.gradientClip = 1;
}
if(data.lossType === undefined){
data.lossType = "dapo";
}
if(data.scaleRewards === undefined){
data.scaleRewards = "group";
}
if(data.epsilon === undefined){
data.epsilon = 0.2;
}
if(data.beta === undefined){
data.beta = 0;
}
if(data.dynamicSampling === undefined){
data.dynamicSampling = false;
}
if(data.model === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "model"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.data === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "data"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.verifiers === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "verifiers"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.groupSize === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "groupSize"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.groups === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "groups"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.minibatches === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "minibatches"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.epochs === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "epochs"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.iterations === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "iterations"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.maxNewTokens === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "maxNewTokens"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.temperature === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "temperature"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.samplingBatch === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "samplingBatch"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.learningRate === undefined){
const err11 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "learningRate"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.minimumLearningRate === undefined){
const err12 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "minimumLearningRate"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data.warmupSteps === undefined){
const err13 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "warmupSteps"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data.schedule === undefined){
const err14 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "schedule"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data.optimizer === undefined){
const err15 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "optimizer"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data.weightDecay === undefined){
const err16 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "weightDecay"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data.beta1 === undefined){
const err17 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta1"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data.beta2 === undefined){
const err18 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta2"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data.gradientClip === undefined){
const err19 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "gradientClip"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data.lossType === undefined){
const err20 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "lossType"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data.scaleRewards === undefined){
const err21 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "scaleRewards"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data.epsilon === undefined){
const err22 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "epsilon"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data.beta === undefined){
const err23 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "beta"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data.dynamicSampling === undefined){
const err24 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "dynamicSampling"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema20.properties, key0))){
const err25 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.model !== undefined){
if(!(validate35(data.model, {instancePath:instancePath+"/model",parentData:data,parentDataProperty:"model",rootData}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
if(data.data !== undefined){
let data1 = data.data;
if(Array.isArray(data1)){
if(data1.length < 1){
const err26 = {instancePath:instancePath+"/data",schemaPath:"#/properties/data/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(!(validate24(data1[i0], {instancePath:instancePath+"/data/" + i0,parentData:data1,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err27 = {instancePath:instancePath+"/data",schemaPath:"#/properties/data/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data.verifiers !== undefined){
let data3 = data.verifiers;
if(Array.isArray(data3)){
if(data3.length < 1){
const err28 = {instancePath:instancePath+"/verifiers",schemaPath:"#/properties/verifiers/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.weight === undefined){
data4.weight = 1;
}
if(data4.kind === undefined){
const err29 = {instancePath:instancePath+"/verifiers/" + i1,schemaPath:"#/properties/verifiers/items/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(data4.weight === undefined){
const err30 = {instancePath:instancePath+"/verifiers/" + i1,schemaPath:"#/properties/verifiers/items/required",keyword:"required",params:{missingProperty: "weight"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
for(const key1 in data4){
if(!((((((((key1 === "kind") || (key1 === "task")) || (key1 === "weight")) || (key1 === "pattern")) || (key1 === "path")) || (key1 === "stepLimit")) || (key1 === "timeLimitMs")) || (key1 === "memoryLimitBytes"))){
const err31 = {instancePath:instancePath+"/verifiers/" + i1,schemaPath:"#/properties/verifiers/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data4.kind !== undefined){
let data5 = data4.kind;
if(typeof data5 !== "string"){
const err32 = {instancePath:instancePath+"/verifiers/" + i1+"/kind",schemaPath:"#/properties/verifiers/items/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(!(((((data5 === "number") || (data5 === "exact")) || (data5 === "regex")) || (data5 === "code")) || (data5 === "module"))){
const err33 = {instancePath:instancePath+"/verifiers/" + i1+"/kind",schemaPath:"#/properties/verifiers/items/properties/kind/enum",keyword:"enum",params:{allowedValues: schema20.properties.verifiers.items.properties.kind.enum}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data4.task !== undefined){
let data6 = data4.task;
if(typeof data6 === "string"){
if(func3(data6) < 1){
const err34 = {instancePath:instancePath+"/verifiers/" + i1+"/task",schemaPath:"#/properties/verifiers/items/properties/task/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/verifiers/" + i1+"/task",schemaPath:"#/properties/verifiers/items/properties/task/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
let data7 = data4.weight;
if(!((typeof data7 == "number") && (isFinite(data7)))){
const err36 = {instancePath:instancePath+"/verifiers/" + i1+"/weight",schemaPath:"#/properties/verifiers/items/properties/weight/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(data4.pattern !== undefined){
let data8 = data4.pattern;
if(typeof data8 === "string"){
if(func3(data8) < 1){
const err37 = {instancePath:instancePath+"/verifiers/" + i1+"/pattern",schemaPath:"#/properties/verifiers/items/properties/pattern/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/verifiers/" + i1+"/pattern",schemaPath:"#/properties/verifiers/items/properties/pattern/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data4.path !== undefined){
let data9 = data4.path;
if(typeof data9 === "string"){
if(func3(data9) < 1){
const err39 = {instancePath:instancePath+"/verifiers/" + i1+"/path",schemaPath:"#/properties/verifiers/items/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/verifiers/" + i1+"/path",schemaPath:"#/properties/verifiers/items/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data4.stepLimit !== undefined){
let data10 = data4.stepLimit;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
const err41 = {instancePath:instancePath+"/verifiers/" + i1+"/stepLimit",schemaPath:"#/properties/verifiers/items/properties/stepLimit/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 1000000000 || isNaN(data10)){
const err42 = {instancePath:instancePath+"/verifiers/" + i1+"/stepLimit",schemaPath:"#/properties/verifiers/items/properties/stepLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(data10 < 10000 || isNaN(data10)){
const err43 = {instancePath:instancePath+"/verifiers/" + i1+"/stepLimit",schemaPath:"#/properties/verifiers/items/properties/stepLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 10000}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
}
if(data4.timeLimitMs !== undefined){
let data11 = data4.timeLimitMs;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
const err44 = {instancePath:instancePath+"/verifiers/" + i1+"/timeLimitMs",schemaPath:"#/properties/verifiers/items/properties/timeLimitMs/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 60000 || isNaN(data11)){
const err45 = {instancePath:instancePath+"/verifiers/" + i1+"/timeLimitMs",schemaPath:"#/properties/verifiers/items/properties/timeLimitMs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 60000}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(data11 < 1 || isNaN(data11)){
const err46 = {instancePath:instancePath+"/verifiers/" + i1+"/timeLimitMs",schemaPath:"#/properties/verifiers/items/properties/timeLimitMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
}
if(data4.memoryLimitBytes !== undefined){
let data12 = data4.memoryLimitBytes;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
const err47 = {instancePath:instancePath+"/verifiers/" + i1+"/memoryLimitBytes",schemaPath:"#/properties/verifiers/items/properties/memoryLimitBytes/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 > 1073741824 || isNaN(data12)){
const err48 = {instancePath:instancePath+"/verifiers/" + i1+"/memoryLimitBytes",schemaPath:"#/properties/verifiers/items/properties/memoryLimitBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1073741824}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(data12 < 16777216 || isNaN(data12)){
const err49 = {instancePath:instancePath+"/verifiers/" + i1+"/memoryLimitBytes",schemaPath:"#/properties/verifiers/items/properties/memoryLimitBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 16777216}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
}
}
else {
const err50 = {instancePath:instancePath+"/verifiers/" + i1,schemaPath:"#/properties/verifiers/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
else {
const err51 = {instancePath:instancePath+"/verifiers",schemaPath:"#/properties/verifiers/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
let data13 = data.groupSize;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
const err52 = {instancePath:instancePath+"/groupSize",schemaPath:"#/properties/groupSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 < 2 || isNaN(data13)){
const err53 = {instancePath:instancePath+"/groupSize",schemaPath:"#/properties/groupSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 2}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
let data14 = data.groups;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
const err54 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 < 1 || isNaN(data14)){
const err55 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
let data15 = data.minibatches;
if(!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))){
const err56 = {instancePath:instancePath+"/minibatches",schemaPath:"#/properties/minibatches/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 < 1 || isNaN(data15)){
const err57 = {instancePath:instancePath+"/minibatches",schemaPath:"#/properties/minibatches/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
let data16 = data.epochs;
if(!(((typeof data16 == "number") && (!(data16 % 1) && !isNaN(data16))) && (isFinite(data16)))){
const err58 = {instancePath:instancePath+"/epochs",schemaPath:"#/properties/epochs/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 < 1 || isNaN(data16)){
const err59 = {instancePath:instancePath+"/epochs",schemaPath:"#/properties/epochs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
let data17 = data.iterations;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
const err60 = {instancePath:instancePath+"/iterations",schemaPath:"#/properties/iterations/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 < 0 || isNaN(data17)){
const err61 = {instancePath:instancePath+"/iterations",schemaPath:"#/properties/iterations/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
let data18 = data.maxNewTokens;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
const err62 = {instancePath:instancePath+"/maxNewTokens",schemaPath:"#/properties/maxNewTokens/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 < 1 || isNaN(data18)){
const err63 = {instancePath:instancePath+"/maxNewTokens",schemaPath:"#/properties/maxNewTokens/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
let data19 = data.temperature;
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 <= 0 || isNaN(data19)){
const err64 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
else {
const err65 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
let data20 = data.samplingBatch;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
const err66 = {instancePath:instancePath+"/samplingBatch",schemaPath:"#/properties/samplingBatch/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 < 1 || isNaN(data20)){
const err67 = {instancePath:instancePath+"/samplingBatch",schemaPath:"#/properties/samplingBatch/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
let data21 = data.learningRate;
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 > 10 || isNaN(data21)){
const err68 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if(data21 <= 0 || isNaN(data21)){
const err69 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
else {
const err70 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
let data22 = data.minimumLearningRate;
if((typeof data22 == "number") && (isFinite(data22))){
if(data22 > 10 || isNaN(data22)){
const err71 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(data22 < 0 || isNaN(data22)){
const err72 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
else {
const err73 = {instancePath:instancePath+"/minimumLearningRate",schemaPath:"#/properties/minimumLearningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
let data23 = data.warmupSteps;
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
const err74 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 < 0 || isNaN(data23)){
const err75 = {instancePath:instancePath+"/warmupSteps",schemaPath:"#/properties/warmupSteps/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
let data24 = data.schedule;
if(typeof data24 !== "string"){
const err76 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if(!(((data24 === "cosine") || (data24 === "wsd")) || (data24 === "constant"))){
const err77 = {instancePath:instancePath+"/schedule",schemaPath:"#/properties/schedule/enum",keyword:"enum",params:{allowedValues: schema20.properties.schedule.enum}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
let data25 = data.optimizer;
if(typeof data25 !== "string"){
const err78 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
if(!((data25 === "adamw") || (data25 === "muon"))){
const err79 = {instancePath:instancePath+"/optimizer",schemaPath:"#/properties/optimizer/enum",keyword:"enum",params:{allowedValues: schema20.properties.optimizer.enum}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
let data26 = data.weightDecay;
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 < 0 || isNaN(data26)){
const err80 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
else {
const err81 = {instancePath:instancePath+"/weightDecay",schemaPath:"#/properties/weightDecay/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
let data27 = data.beta1;
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 < 0 || isNaN(data27)){
const err82 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
if(data27 >= 1 || isNaN(data27)){
const err83 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
else {
const err84 = {instancePath:instancePath+"/beta1",schemaPath:"#/properties/beta1/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
let data28 = data.beta2;
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 < 0 || isNaN(data28)){
const err85 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
if(data28 >= 1 || isNaN(data28)){
const err86 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
else {
const err87 = {instancePath:instancePath+"/beta2",schemaPath:"#/properties/beta2/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
let data29 = data.gradientClip;
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 <= 0 || isNaN(data29)){
const err88 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
else {
const err89 = {instancePath:instancePath+"/gradientClip",schemaPath:"#/properties/gradientClip/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
let data30 = data.lossType;
if(typeof data30 !== "string"){
const err90 = {instancePath:instancePath+"/lossType",schemaPath:"#/properties/lossType/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
if(!(((data30 === "grpo") || (data30 === "dapo")) || (data30 === "dr_grpo"))){
const err91 = {instancePath:instancePath+"/lossType",schemaPath:"#/properties/lossType/enum",keyword:"enum",params:{allowedValues: schema20.properties.lossType.enum}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
let data31 = data.scaleRewards;
if(typeof data31 !== "string"){
const err92 = {instancePath:instancePath+"/scaleRewards",schemaPath:"#/properties/scaleRewards/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
if(!(((data31 === "group") || (data31 === "batch")) || (data31 === "none"))){
const err93 = {instancePath:instancePath+"/scaleRewards",schemaPath:"#/properties/scaleRewards/enum",keyword:"enum",params:{allowedValues: schema20.properties.scaleRewards.enum}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
let data32 = data.epsilon;
if((typeof data32 == "number") && (isFinite(data32))){
if(data32 <= 0 || isNaN(data32)){
const err94 = {instancePath:instancePath+"/epsilon",schemaPath:"#/properties/epsilon/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
else {
const err95 = {instancePath:instancePath+"/epsilon",schemaPath:"#/properties/epsilon/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
if(data.epsilonHigh !== undefined){
let data33 = data.epsilonHigh;
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 <= 0 || isNaN(data33)){
const err96 = {instancePath:instancePath+"/epsilonHigh",schemaPath:"#/properties/epsilonHigh/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
else {
const err97 = {instancePath:instancePath+"/epsilonHigh",schemaPath:"#/properties/epsilonHigh/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
let data34 = data.beta;
if((typeof data34 == "number") && (isFinite(data34))){
if(data34 < 0 || isNaN(data34)){
const err98 = {instancePath:instancePath+"/beta",schemaPath:"#/properties/beta/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
else {
const err99 = {instancePath:instancePath+"/beta",schemaPath:"#/properties/beta/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
if(typeof data.dynamicSampling !== "boolean"){
const err100 = {instancePath:instancePath+"/dynamicSampling",schemaPath:"#/properties/dynamicSampling/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
else {
const err101 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
validate56.errors = vErrors;
return errors === 0;
}

export const validate_evaluate = validate59;
const schema21 = {"additionalProperties":false,"type":"object","required":["model","text","questions","verifiers","samples","passAt","comparisons","prompts","chat","batchSize","maxNewTokens","temperature","topK","topP"],"properties":{"model":{"$ref":"artifact-model"},"text":{"default":[],"type":"array","items":{"$ref":"artifact-dataset"}},"byPosition":{"description":"also the text's bits per byte by the position in the context","type":"boolean"},"needle":{"additionalProperties":false,"description":"statements hidden in text, found again or not, by length and depth","type":"object","required":["depths","samples","distractors","statement","question","words"],"properties":{"lengths":{"minItems":1,"description":"tokens of the text, question included; default: the model's context","type":"array","items":{"minimum":16,"type":"integer"}},"depths":{"minimum":1,"default":5,"description":"places from the text's beginning to its end","type":"integer"},"samples":{"minimum":1,"default":8,"description":"texts for each length and depth","type":"integer"},"distractors":{"minimum":0,"default":3,"description":"statements with values of other keys in the same text","type":"integer"},"statement":{"default":"\nHere is the {value}.\n","description":"what is hidden in the text, with {value} and perhaps {key}","type":"string"},"question":{"default":"\nThe {key} here is the {value}","description":"what the text ends with; {value}, at its end, is what the model must say","type":"string"},"words":{"minItems":1,"default":[{"key":"fruit","values":["apricot","banana","grape","lemon","lychee","mango","melon","papaya","peach","plum","quince","raspberry"]},{"key":"instrument","values":["accordion","banjo","cello","clarinet","flute","guitar","harp","lute","oboe","piano","trombone","violin"]},{"key":"gem","values":["amethyst","beryl","emerald","garnet","jade","onyx","opal","quartz","ruby","sapphire","topaz","turquoise"]},{"key":"herb","values":["basil","chive","coriander","dill","fennel","lavender","oregano","parsley","rosemary","saffron","tarragon","thyme"]},{"key":"dance","values":["bolero","cancan","foxtrot","flamenco","mazurka","minuet","polka","rumba","salsa","samba","tango","waltz"]},{"key":"sport","values":["archery","badminton","curling","fencing","golf","hockey","judo","karate","polo","rugby","squash","tennis"]}],"description":"keys and the values that each may have; default: six kinds of twelve things","type":"array","items":{"additionalProperties":false,"type":"object","required":["key","values"],"properties":{"key":{"minLength":1,"type":"string"},"values":{"minItems":1,"uniqueItems":true,"type":"array","items":{"minLength":1,"type":"string"}}}}}}},"questions":{"default":[],"type":"array","items":{"$ref":"artifact-dataset"}},"verifiers":{"default":[],"description":"what makes an answer right, by the row's task; default: exact match","type":"array","items":{"additionalProperties":false,"description":"a rule that says whether a response is right","type":"object","required":["kind","weight"],"properties":{"kind":{"type":"string","enum":["number","exact","regex","code","module"],"description":"what makes a response right"},"task":{"minLength":1,"description":"only rows with this `task`; absent: all others","type":"string"},"weight":{"default":1,"description":"what the verdict is multiplied by","type":"number"},"pattern":{"minLength":1,"description":"regex: a JavaScript regular expression, flags u and s","type":"string"},"path":{"minLength":1,"x-path":true,"description":"module: a JavaScript file below the working folder; its default export is the rule","type":"string"},"stepLimit":{"minimum":10000,"maximum":1000000000,"description":"code: most calls and turns of loops, in steps of 10,000; default 1,000,000","type":"integer"},"timeLimitMs":{"minimum":1,"maximum":60000,"description":"regex, code, module: longest time for one response, ms; default 5000","type":"integer"},"memoryLimitBytes":{"minimum":16777216,"maximum":1073741824,"description":"code (default 32 MiB), module (default 256 MiB): most memory, bytes","type":"integer"}}}},"samples":{"minimum":1,"default":1,"description":"answers to each question","type":"integer"},"passAt":{"default":[],"description":"k of pass@k: the chance that one of k answers is right","type":"array","items":{"minimum":1,"type":"integer"}},"against":{"$ref":"artifact-model"},"judge":{"additionalProperties":false,"description":"a rule in a person's place","type":"object","required":["kind","prefer"],"properties":{"kind":{"type":"string","enum":["number","exact","regex","code","module","length","rewardModel"],"description":"length: characters; regex: number of matches; rewardModel: its score; else as a verifier of that kind"},"prefer":{"type":"string","enum":["more","less"],"default":"more","description":"which score is the better one"},"rewardModel":{"$ref":"artifact-reward-model"},"pattern":{"minLength":1,"description":"regex: a JavaScript regular expression, flags u and s","type":"string"},"path":{"minLength":1,"x-path":true,"description":"module: a JavaScript file below the working folder; its default export is the rule","type":"string"},"stepLimit":{"minimum":10000,"maximum":1000000000,"description":"code: most calls and turns of loops, in steps of 10,000; default 1,000,000","type":"integer"},"timeLimitMs":{"minimum":1,"maximum":60000,"description":"regex, code, module: longest time for one response, ms; default 5000","type":"integer"},"memoryLimitBytes":{"minimum":16777216,"maximum":1073741824,"description":"code (default 32 MiB), module (default 256 MiB): most memory, bytes","type":"integer"}}},"comparisons":{"default":[],"description":"rows whose prompts both models answer; default: the questions","type":"array","items":{"$ref":"artifact-dataset"}},"reference":{"$ref":"artifact-model"},"baseline":{"$ref":"artifact-evaluation"},"prompts":{"default":[],"description":"shown with the model's answer","type":"array","items":{"type":"string"}},"chat":{"default":true,"description":"wrap prompts and questions in the chat template; false: continue them as text","type":"boolean"},"limit":{"minimum":1,"description":"at most so many questions, and so many comparisons","type":"integer"},"batchSize":{"minimum":1,"default":16,"description":"sequences at once","type":"integer"},"maxNewTokens":{"minimum":1,"default":48,"description":"longest answer, tokens","type":"integer"},"temperature":{"minimum":0,"default":0,"description":"0: the most probable token","type":"number"},"topK":{"minimum":0,"default":0,"description":"sample among the k most probable tokens; 0: off","type":"integer"},"topP":{"exclusiveMinimum":0,"maximum":1,"default":1,"description":"sample among the tokens that make up this share; 1: off","type":"number"}}};
const schema22 = {"additionalProperties":false,"x-artifact":"evaluation","type":"object","required":["artifact","digest"],"properties":{"artifact":{"const":"evaluation","type":"string"},"digest":{"pattern":"^[0-9a-f]{64}$","type":"string"}}};

function validate67(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.artifact === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "artifact"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.digest === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "digest"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "artifact") || (key0 === "digest"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.artifact !== undefined){
let data0 = data.artifact;
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if("evaluation" !== data0){
const err4 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/const",keyword:"const",params:{allowedValue: "evaluation"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.digest !== undefined){
let data1 = data.digest;
if(typeof data1 === "string"){
if(!pattern19.test(data1)){
const err5 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate67.errors = vErrors;
return errors === 0;
}


function validate59(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.text === undefined){
data.text = [];
}
if(data.questions === undefined){
data.questions = [];
}
if(data.verifiers === undefined){
data.verifiers = [];
}
if(data.samples === undefined){
data.samples = 1;
}
if(data.passAt === undefined){
data.passAt = [];
}
if(data.comparisons === undefined){
data.comparisons = [];
}
if(data.prompts === undefined){
data.prompts = [];
}
if(data.chat === undefined){
data.chat = true;
}
if(data.batchSize === undefined){
data.batchSize = 16;
}
if(data.maxNewTokens === undefined){
data.maxNewTokens = 48;
}
if(data.temperature === undefined){
data.temperature = 0;
}
if(data.topK === undefined){
data.topK = 0;
}
if(data.topP === undefined){
data.topP = 1;
}
if(data.model === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "model"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.text === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "text"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.questions === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "questions"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.verifiers === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "verifiers"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.samples === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "samples"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.passAt === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "passAt"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.comparisons === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "comparisons"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.prompts === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "prompts"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.chat === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "chat"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.batchSize === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "batchSize"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.maxNewTokens === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "maxNewTokens"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.temperature === undefined){
const err11 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "temperature"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.topK === undefined){
const err12 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "topK"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data.topP === undefined){
const err13 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "topP"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema21.properties, key0))){
const err14 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data.model !== undefined){
if(!(validate35(data.model, {instancePath:instancePath+"/model",parentData:data,parentDataProperty:"model",rootData}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
let data1 = data.text;
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(!(validate24(data1[i0], {instancePath:instancePath+"/text/" + i0,parentData:data1,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err15 = {instancePath:instancePath+"/text",schemaPath:"#/properties/text/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data.byPosition !== undefined){
if(typeof data.byPosition !== "boolean"){
const err16 = {instancePath:instancePath+"/byPosition",schemaPath:"#/properties/byPosition/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.needle !== undefined){
let data4 = data.needle;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.depths === undefined){
data4.depths = 5;
}
if(data4.samples === undefined){
data4.samples = 8;
}
if(data4.distractors === undefined){
data4.distractors = 3;
}
if(data4.statement === undefined){
data4.statement = "\nHere is the {value}.\n";
}
if(data4.question === undefined){
data4.question = "\nThe {key} here is the {value}";
}
if(data4.words === undefined){
data4.words = [{"key":"fruit","values":["apricot","banana","grape","lemon","lychee","mango","melon","papaya","peach","plum","quince","raspberry"]},{"key":"instrument","values":["accordion","banjo","cello","clarinet","flute","guitar","harp","lute","oboe","piano","trombone","violin"]},{"key":"gem","values":["amethyst","beryl","emerald","garnet","jade","onyx","opal","quartz","ruby","sapphire","topaz","turquoise"]},{"key":"herb","values":["basil","chive","coriander","dill","fennel","lavender","oregano","parsley","rosemary","saffron","tarragon","thyme"]},{"key":"dance","values":["bolero","cancan","foxtrot","flamenco","mazurka","minuet","polka","rumba","salsa","samba","tango","waltz"]},{"key":"sport","values":["archery","badminton","curling","fencing","golf","hockey","judo","karate","polo","rugby","squash","tennis"]}];
}
if(data4.depths === undefined){
const err17 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "depths"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data4.samples === undefined){
const err18 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "samples"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data4.distractors === undefined){
const err19 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "distractors"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data4.statement === undefined){
const err20 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "statement"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data4.question === undefined){
const err21 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "question"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data4.words === undefined){
const err22 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/required",keyword:"required",params:{missingProperty: "words"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
for(const key1 in data4){
if(!(((((((key1 === "lengths") || (key1 === "depths")) || (key1 === "samples")) || (key1 === "distractors")) || (key1 === "statement")) || (key1 === "question")) || (key1 === "words"))){
const err23 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data4.lengths !== undefined){
let data5 = data4.lengths;
if(Array.isArray(data5)){
if(data5.length < 1){
const err24 = {instancePath:instancePath+"/needle/lengths",schemaPath:"#/properties/needle/properties/lengths/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
let data6 = data5[i1];
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err25 = {instancePath:instancePath+"/needle/lengths/" + i1,schemaPath:"#/properties/needle/properties/lengths/items/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 16 || isNaN(data6)){
const err26 = {instancePath:instancePath+"/needle/lengths/" + i1,schemaPath:"#/properties/needle/properties/lengths/items/minimum",keyword:"minimum",params:{comparison: ">=", limit: 16}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
}
else {
const err27 = {instancePath:instancePath+"/needle/lengths",schemaPath:"#/properties/needle/properties/lengths/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
let data7 = data4.depths;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err28 = {instancePath:instancePath+"/needle/depths",schemaPath:"#/properties/needle/properties/depths/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 1 || isNaN(data7)){
const err29 = {instancePath:instancePath+"/needle/depths",schemaPath:"#/properties/needle/properties/depths/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
let data8 = data4.samples;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err30 = {instancePath:instancePath+"/needle/samples",schemaPath:"#/properties/needle/properties/samples/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 < 1 || isNaN(data8)){
const err31 = {instancePath:instancePath+"/needle/samples",schemaPath:"#/properties/needle/properties/samples/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
let data9 = data4.distractors;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
const err32 = {instancePath:instancePath+"/needle/distractors",schemaPath:"#/properties/needle/properties/distractors/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 < 0 || isNaN(data9)){
const err33 = {instancePath:instancePath+"/needle/distractors",schemaPath:"#/properties/needle/properties/distractors/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(typeof data4.statement !== "string"){
const err34 = {instancePath:instancePath+"/needle/statement",schemaPath:"#/properties/needle/properties/statement/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(typeof data4.question !== "string"){
const err35 = {instancePath:instancePath+"/needle/question",schemaPath:"#/properties/needle/properties/question/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
let data12 = data4.words;
if(Array.isArray(data12)){
if(data12.length < 1){
const err36 = {instancePath:instancePath+"/needle/words",schemaPath:"#/properties/needle/properties/words/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
const len2 = data12.length;
for(let i2=0; i2<len2; i2++){
let data13 = data12[i2];
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
if(data13.key === undefined){
const err37 = {instancePath:instancePath+"/needle/words/" + i2,schemaPath:"#/properties/needle/properties/words/items/required",keyword:"required",params:{missingProperty: "key"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(data13.values === undefined){
const err38 = {instancePath:instancePath+"/needle/words/" + i2,schemaPath:"#/properties/needle/properties/words/items/required",keyword:"required",params:{missingProperty: "values"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
for(const key2 in data13){
if(!((key2 === "key") || (key2 === "values"))){
const err39 = {instancePath:instancePath+"/needle/words/" + i2,schemaPath:"#/properties/needle/properties/words/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data13.key !== undefined){
let data14 = data13.key;
if(typeof data14 === "string"){
if(func3(data14) < 1){
const err40 = {instancePath:instancePath+"/needle/words/" + i2+"/key",schemaPath:"#/properties/needle/properties/words/items/properties/key/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
else {
const err41 = {instancePath:instancePath+"/needle/words/" + i2+"/key",schemaPath:"#/properties/needle/properties/words/items/properties/key/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data13.values !== undefined){
let data15 = data13.values;
if(Array.isArray(data15)){
if(data15.length < 1){
const err42 = {instancePath:instancePath+"/needle/words/" + i2+"/values",schemaPath:"#/properties/needle/properties/words/items/properties/values/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
const len3 = data15.length;
for(let i3=0; i3<len3; i3++){
let data16 = data15[i3];
if(typeof data16 === "string"){
if(func3(data16) < 1){
const err43 = {instancePath:instancePath+"/needle/words/" + i2+"/values/" + i3,schemaPath:"#/properties/needle/properties/words/items/properties/values/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
else {
const err44 = {instancePath:instancePath+"/needle/words/" + i2+"/values/" + i3,schemaPath:"#/properties/needle/properties/words/items/properties/values/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
let i4 = data15.length;
let j0;
if(i4 > 1){
const indices0 = {};
for(;i4--;){
let item0 = data15[i4];
if(typeof item0 !== "string"){
continue;
}
if(typeof indices0[item0] == "number"){
j0 = indices0[item0];
const err45 = {instancePath:instancePath+"/needle/words/" + i2+"/values",schemaPath:"#/properties/needle/properties/words/items/properties/values/uniqueItems",keyword:"uniqueItems",params:{i: i4, j: j0}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
break;
}
indices0[item0] = i4;
}
}
}
else {
const err46 = {instancePath:instancePath+"/needle/words/" + i2+"/values",schemaPath:"#/properties/needle/properties/words/items/properties/values/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
}
else {
const err47 = {instancePath:instancePath+"/needle/words/" + i2,schemaPath:"#/properties/needle/properties/words/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath:instancePath+"/needle/words",schemaPath:"#/properties/needle/properties/words/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
else {
const err49 = {instancePath:instancePath+"/needle",schemaPath:"#/properties/needle/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
let data17 = data.questions;
if(Array.isArray(data17)){
const len4 = data17.length;
for(let i5=0; i5<len4; i5++){
if(!(validate24(data17[i5], {instancePath:instancePath+"/questions/" + i5,parentData:data17,parentDataProperty:i5,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err50 = {instancePath:instancePath+"/questions",schemaPath:"#/properties/questions/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
let data19 = data.verifiers;
if(Array.isArray(data19)){
const len5 = data19.length;
for(let i6=0; i6<len5; i6++){
let data20 = data19[i6];
if(data20 && typeof data20 == "object" && !Array.isArray(data20)){
if(data20.weight === undefined){
data20.weight = 1;
}
if(data20.kind === undefined){
const err51 = {instancePath:instancePath+"/verifiers/" + i6,schemaPath:"#/properties/verifiers/items/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data20.weight === undefined){
const err52 = {instancePath:instancePath+"/verifiers/" + i6,schemaPath:"#/properties/verifiers/items/required",keyword:"required",params:{missingProperty: "weight"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
for(const key3 in data20){
if(!((((((((key3 === "kind") || (key3 === "task")) || (key3 === "weight")) || (key3 === "pattern")) || (key3 === "path")) || (key3 === "stepLimit")) || (key3 === "timeLimitMs")) || (key3 === "memoryLimitBytes"))){
const err53 = {instancePath:instancePath+"/verifiers/" + i6,schemaPath:"#/properties/verifiers/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data20.kind !== undefined){
let data21 = data20.kind;
if(typeof data21 !== "string"){
const err54 = {instancePath:instancePath+"/verifiers/" + i6+"/kind",schemaPath:"#/properties/verifiers/items/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if(!(((((data21 === "number") || (data21 === "exact")) || (data21 === "regex")) || (data21 === "code")) || (data21 === "module"))){
const err55 = {instancePath:instancePath+"/verifiers/" + i6+"/kind",schemaPath:"#/properties/verifiers/items/properties/kind/enum",keyword:"enum",params:{allowedValues: schema21.properties.verifiers.items.properties.kind.enum}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(data20.task !== undefined){
let data22 = data20.task;
if(typeof data22 === "string"){
if(func3(data22) < 1){
const err56 = {instancePath:instancePath+"/verifiers/" + i6+"/task",schemaPath:"#/properties/verifiers/items/properties/task/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
else {
const err57 = {instancePath:instancePath+"/verifiers/" + i6+"/task",schemaPath:"#/properties/verifiers/items/properties/task/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
let data23 = data20.weight;
if(!((typeof data23 == "number") && (isFinite(data23)))){
const err58 = {instancePath:instancePath+"/verifiers/" + i6+"/weight",schemaPath:"#/properties/verifiers/items/properties/weight/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
if(data20.pattern !== undefined){
let data24 = data20.pattern;
if(typeof data24 === "string"){
if(func3(data24) < 1){
const err59 = {instancePath:instancePath+"/verifiers/" + i6+"/pattern",schemaPath:"#/properties/verifiers/items/properties/pattern/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
else {
const err60 = {instancePath:instancePath+"/verifiers/" + i6+"/pattern",schemaPath:"#/properties/verifiers/items/properties/pattern/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(data20.path !== undefined){
let data25 = data20.path;
if(typeof data25 === "string"){
if(func3(data25) < 1){
const err61 = {instancePath:instancePath+"/verifiers/" + i6+"/path",schemaPath:"#/properties/verifiers/items/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
else {
const err62 = {instancePath:instancePath+"/verifiers/" + i6+"/path",schemaPath:"#/properties/verifiers/items/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
if(data20.stepLimit !== undefined){
let data26 = data20.stepLimit;
if(!(((typeof data26 == "number") && (!(data26 % 1) && !isNaN(data26))) && (isFinite(data26)))){
const err63 = {instancePath:instancePath+"/verifiers/" + i6+"/stepLimit",schemaPath:"#/properties/verifiers/items/properties/stepLimit/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 > 1000000000 || isNaN(data26)){
const err64 = {instancePath:instancePath+"/verifiers/" + i6+"/stepLimit",schemaPath:"#/properties/verifiers/items/properties/stepLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if(data26 < 10000 || isNaN(data26)){
const err65 = {instancePath:instancePath+"/verifiers/" + i6+"/stepLimit",schemaPath:"#/properties/verifiers/items/properties/stepLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 10000}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
}
if(data20.timeLimitMs !== undefined){
let data27 = data20.timeLimitMs;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
const err66 = {instancePath:instancePath+"/verifiers/" + i6+"/timeLimitMs",schemaPath:"#/properties/verifiers/items/properties/timeLimitMs/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 > 60000 || isNaN(data27)){
const err67 = {instancePath:instancePath+"/verifiers/" + i6+"/timeLimitMs",schemaPath:"#/properties/verifiers/items/properties/timeLimitMs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 60000}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
if(data27 < 1 || isNaN(data27)){
const err68 = {instancePath:instancePath+"/verifiers/" + i6+"/timeLimitMs",schemaPath:"#/properties/verifiers/items/properties/timeLimitMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
}
if(data20.memoryLimitBytes !== undefined){
let data28 = data20.memoryLimitBytes;
if(!(((typeof data28 == "number") && (!(data28 % 1) && !isNaN(data28))) && (isFinite(data28)))){
const err69 = {instancePath:instancePath+"/verifiers/" + i6+"/memoryLimitBytes",schemaPath:"#/properties/verifiers/items/properties/memoryLimitBytes/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 > 1073741824 || isNaN(data28)){
const err70 = {instancePath:instancePath+"/verifiers/" + i6+"/memoryLimitBytes",schemaPath:"#/properties/verifiers/items/properties/memoryLimitBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1073741824}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
if(data28 < 16777216 || isNaN(data28)){
const err71 = {instancePath:instancePath+"/verifiers/" + i6+"/memoryLimitBytes",schemaPath:"#/properties/verifiers/items/properties/memoryLimitBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 16777216}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
}
}
else {
const err72 = {instancePath:instancePath+"/verifiers/" + i6,schemaPath:"#/properties/verifiers/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
}
else {
const err73 = {instancePath:instancePath+"/verifiers",schemaPath:"#/properties/verifiers/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
let data29 = data.samples;
if(!(((typeof data29 == "number") && (!(data29 % 1) && !isNaN(data29))) && (isFinite(data29)))){
const err74 = {instancePath:instancePath+"/samples",schemaPath:"#/properties/samples/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 < 1 || isNaN(data29)){
const err75 = {instancePath:instancePath+"/samples",schemaPath:"#/properties/samples/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
let data30 = data.passAt;
if(Array.isArray(data30)){
const len6 = data30.length;
for(let i7=0; i7<len6; i7++){
let data31 = data30[i7];
if(!(((typeof data31 == "number") && (!(data31 % 1) && !isNaN(data31))) && (isFinite(data31)))){
const err76 = {instancePath:instancePath+"/passAt/" + i7,schemaPath:"#/properties/passAt/items/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if((typeof data31 == "number") && (isFinite(data31))){
if(data31 < 1 || isNaN(data31)){
const err77 = {instancePath:instancePath+"/passAt/" + i7,schemaPath:"#/properties/passAt/items/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
}
}
else {
const err78 = {instancePath:instancePath+"/passAt",schemaPath:"#/properties/passAt/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
if(data.against !== undefined){
if(!(validate35(data.against, {instancePath:instancePath+"/against",parentData:data,parentDataProperty:"against",rootData}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
if(data.judge !== undefined){
let data33 = data.judge;
if(data33 && typeof data33 == "object" && !Array.isArray(data33)){
if(data33.prefer === undefined){
data33.prefer = "more";
}
if(data33.kind === undefined){
const err79 = {instancePath:instancePath+"/judge",schemaPath:"#/properties/judge/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
if(data33.prefer === undefined){
const err80 = {instancePath:instancePath+"/judge",schemaPath:"#/properties/judge/required",keyword:"required",params:{missingProperty: "prefer"}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
for(const key4 in data33){
if(!((((((((key4 === "kind") || (key4 === "prefer")) || (key4 === "rewardModel")) || (key4 === "pattern")) || (key4 === "path")) || (key4 === "stepLimit")) || (key4 === "timeLimitMs")) || (key4 === "memoryLimitBytes"))){
const err81 = {instancePath:instancePath+"/judge",schemaPath:"#/properties/judge/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
if(data33.kind !== undefined){
let data34 = data33.kind;
if(typeof data34 !== "string"){
const err82 = {instancePath:instancePath+"/judge/kind",schemaPath:"#/properties/judge/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
if(!(((((((data34 === "number") || (data34 === "exact")) || (data34 === "regex")) || (data34 === "code")) || (data34 === "module")) || (data34 === "length")) || (data34 === "rewardModel"))){
const err83 = {instancePath:instancePath+"/judge/kind",schemaPath:"#/properties/judge/properties/kind/enum",keyword:"enum",params:{allowedValues: schema21.properties.judge.properties.kind.enum}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
let data35 = data33.prefer;
if(typeof data35 !== "string"){
const err84 = {instancePath:instancePath+"/judge/prefer",schemaPath:"#/properties/judge/properties/prefer/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if(!((data35 === "more") || (data35 === "less"))){
const err85 = {instancePath:instancePath+"/judge/prefer",schemaPath:"#/properties/judge/properties/prefer/enum",keyword:"enum",params:{allowedValues: schema21.properties.judge.properties.prefer.enum}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
if(data33.rewardModel !== undefined){
if(!(validate46(data33.rewardModel, {instancePath:instancePath+"/judge/rewardModel",parentData:data33,parentDataProperty:"rewardModel",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
}
if(data33.pattern !== undefined){
let data37 = data33.pattern;
if(typeof data37 === "string"){
if(func3(data37) < 1){
const err86 = {instancePath:instancePath+"/judge/pattern",schemaPath:"#/properties/judge/properties/pattern/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
else {
const err87 = {instancePath:instancePath+"/judge/pattern",schemaPath:"#/properties/judge/properties/pattern/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
if(data33.path !== undefined){
let data38 = data33.path;
if(typeof data38 === "string"){
if(func3(data38) < 1){
const err88 = {instancePath:instancePath+"/judge/path",schemaPath:"#/properties/judge/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
else {
const err89 = {instancePath:instancePath+"/judge/path",schemaPath:"#/properties/judge/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
if(data33.stepLimit !== undefined){
let data39 = data33.stepLimit;
if(!(((typeof data39 == "number") && (!(data39 % 1) && !isNaN(data39))) && (isFinite(data39)))){
const err90 = {instancePath:instancePath+"/judge/stepLimit",schemaPath:"#/properties/judge/properties/stepLimit/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
if((typeof data39 == "number") && (isFinite(data39))){
if(data39 > 1000000000 || isNaN(data39)){
const err91 = {instancePath:instancePath+"/judge/stepLimit",schemaPath:"#/properties/judge/properties/stepLimit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
if(data39 < 10000 || isNaN(data39)){
const err92 = {instancePath:instancePath+"/judge/stepLimit",schemaPath:"#/properties/judge/properties/stepLimit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 10000}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
}
if(data33.timeLimitMs !== undefined){
let data40 = data33.timeLimitMs;
if(!(((typeof data40 == "number") && (!(data40 % 1) && !isNaN(data40))) && (isFinite(data40)))){
const err93 = {instancePath:instancePath+"/judge/timeLimitMs",schemaPath:"#/properties/judge/properties/timeLimitMs/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
if((typeof data40 == "number") && (isFinite(data40))){
if(data40 > 60000 || isNaN(data40)){
const err94 = {instancePath:instancePath+"/judge/timeLimitMs",schemaPath:"#/properties/judge/properties/timeLimitMs/maximum",keyword:"maximum",params:{comparison: "<=", limit: 60000}};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
if(data40 < 1 || isNaN(data40)){
const err95 = {instancePath:instancePath+"/judge/timeLimitMs",schemaPath:"#/properties/judge/properties/timeLimitMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
}
if(data33.memoryLimitBytes !== undefined){
let data41 = data33.memoryLimitBytes;
if(!(((typeof data41 == "number") && (!(data41 % 1) && !isNaN(data41))) && (isFinite(data41)))){
const err96 = {instancePath:instancePath+"/judge/memoryLimitBytes",schemaPath:"#/properties/judge/properties/memoryLimitBytes/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
if((typeof data41 == "number") && (isFinite(data41))){
if(data41 > 1073741824 || isNaN(data41)){
const err97 = {instancePath:instancePath+"/judge/memoryLimitBytes",schemaPath:"#/properties/judge/properties/memoryLimitBytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1073741824}};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
if(data41 < 16777216 || isNaN(data41)){
const err98 = {instancePath:instancePath+"/judge/memoryLimitBytes",schemaPath:"#/properties/judge/properties/memoryLimitBytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 16777216}};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
}
}
else {
const err99 = {instancePath:instancePath+"/judge",schemaPath:"#/properties/judge/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
let data42 = data.comparisons;
if(Array.isArray(data42)){
const len7 = data42.length;
for(let i8=0; i8<len7; i8++){
if(!(validate24(data42[i8], {instancePath:instancePath+"/comparisons/" + i8,parentData:data42,parentDataProperty:i8,rootData}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
}
}
else {
const err100 = {instancePath:instancePath+"/comparisons",schemaPath:"#/properties/comparisons/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
if(data.reference !== undefined){
if(!(validate35(data.reference, {instancePath:instancePath+"/reference",parentData:data,parentDataProperty:"reference",rootData}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
if(data.baseline !== undefined){
if(!(validate67(data.baseline, {instancePath:instancePath+"/baseline",parentData:data,parentDataProperty:"baseline",rootData}))){
vErrors = vErrors === null ? validate67.errors : vErrors.concat(validate67.errors);
errors = vErrors.length;
}
}
let data46 = data.prompts;
if(Array.isArray(data46)){
const len8 = data46.length;
for(let i9=0; i9<len8; i9++){
if(typeof data46[i9] !== "string"){
const err101 = {instancePath:instancePath+"/prompts/" + i9,schemaPath:"#/properties/prompts/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
}
else {
const err102 = {instancePath:instancePath+"/prompts",schemaPath:"#/properties/prompts/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
if(typeof data.chat !== "boolean"){
const err103 = {instancePath:instancePath+"/chat",schemaPath:"#/properties/chat/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
if(data.limit !== undefined){
let data49 = data.limit;
if(!(((typeof data49 == "number") && (!(data49 % 1) && !isNaN(data49))) && (isFinite(data49)))){
const err104 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
if((typeof data49 == "number") && (isFinite(data49))){
if(data49 < 1 || isNaN(data49)){
const err105 = {instancePath:instancePath+"/limit",schemaPath:"#/properties/limit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
}
let data50 = data.batchSize;
if(!(((typeof data50 == "number") && (!(data50 % 1) && !isNaN(data50))) && (isFinite(data50)))){
const err106 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
if((typeof data50 == "number") && (isFinite(data50))){
if(data50 < 1 || isNaN(data50)){
const err107 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
let data51 = data.maxNewTokens;
if(!(((typeof data51 == "number") && (!(data51 % 1) && !isNaN(data51))) && (isFinite(data51)))){
const err108 = {instancePath:instancePath+"/maxNewTokens",schemaPath:"#/properties/maxNewTokens/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
if((typeof data51 == "number") && (isFinite(data51))){
if(data51 < 1 || isNaN(data51)){
const err109 = {instancePath:instancePath+"/maxNewTokens",schemaPath:"#/properties/maxNewTokens/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
let data52 = data.temperature;
if((typeof data52 == "number") && (isFinite(data52))){
if(data52 < 0 || isNaN(data52)){
const err110 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
else {
const err111 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
let data53 = data.topK;
if(!(((typeof data53 == "number") && (!(data53 % 1) && !isNaN(data53))) && (isFinite(data53)))){
const err112 = {instancePath:instancePath+"/topK",schemaPath:"#/properties/topK/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
if((typeof data53 == "number") && (isFinite(data53))){
if(data53 < 0 || isNaN(data53)){
const err113 = {instancePath:instancePath+"/topK",schemaPath:"#/properties/topK/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
}
let data54 = data.topP;
if((typeof data54 == "number") && (isFinite(data54))){
if(data54 > 1 || isNaN(data54)){
const err114 = {instancePath:instancePath+"/topP",schemaPath:"#/properties/topP/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1}};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
if(data54 <= 0 || isNaN(data54)){
const err115 = {instancePath:instancePath+"/topP",schemaPath:"#/properties/topP/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
else {
const err116 = {instancePath:instancePath+"/topP",schemaPath:"#/properties/topP/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
else {
const err117 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
validate59.errors = vErrors;
return errors === 0;
}

export const validate_generate = validate69;
const schema23 = {"additionalProperties":false,"type":"object","required":["model","prompts","chat","batchSize","maxNewTokens","temperature","topK","topP","minP","repetitionPenalty","stop"],"properties":{"model":{"$ref":"artifact-model"},"prompts":{"minItems":1,"description":"what to continue or to answer","type":"array","items":{"minLength":1,"type":"string"}},"chat":{"default":true,"description":"wrap each prompt in the chat template; false: continue it as text","type":"boolean"},"batchSize":{"minimum":1,"default":16,"description":"prompts at once","type":"integer"},"maxNewTokens":{"minimum":1,"default":48,"description":"longest answer, tokens","type":"integer"},"temperature":{"minimum":0,"default":0,"description":"0: the most probable token","type":"number"},"topK":{"minimum":0,"default":0,"description":"sample among the k most probable tokens; 0: off","type":"integer"},"topP":{"exclusiveMinimum":0,"maximum":1,"default":1,"description":"sample among the tokens that make up this share; 1: off","type":"number"},"minP":{"minimum":0,"maximum":1,"default":0,"description":"sample among the tokens at least this probable beside the most probable one; 0: off","type":"number"},"repetitionPenalty":{"exclusiveMinimum":0,"maximum":10,"default":1,"description":"logits of tokens that have occurred are divided by it where positive, else multiplied; 1: off","type":"number"},"stop":{"default":[],"maxItems":16,"description":"texts that end an answer; they are not part of it","type":"array","items":{"minLength":1,"type":"string"}}}};

function validate69(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.chat === undefined){
data.chat = true;
}
if(data.batchSize === undefined){
data.batchSize = 16;
}
if(data.maxNewTokens === undefined){
data.maxNewTokens = 48;
}
if(data.temperature === undefined){
data.temperature = 0;
}
if(data.topK === undefined){
data.topK = 0;
}
if(data.topP === undefined){
data.topP = 1;
}
if(data.minP === undefined){
data.minP = 0;
}
if(data.repetitionPenalty === undefined){
data.repetitionPenalty = 1;
}
if(data.stop === undefined){
data.stop = [];
}
if(data.model === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "model"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.prompts === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "prompts"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.chat === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "chat"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.batchSize === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "batchSize"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.maxNewTokens === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "maxNewTokens"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.temperature === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "temperature"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.topK === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "topK"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.topP === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "topP"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.minP === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "minP"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.repetitionPenalty === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "repetitionPenalty"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.stop === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "stop"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema23.properties, key0))){
const err11 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.model !== undefined){
if(!(validate35(data.model, {instancePath:instancePath+"/model",parentData:data,parentDataProperty:"model",rootData}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
if(data.prompts !== undefined){
let data1 = data.prompts;
if(Array.isArray(data1)){
if(data1.length < 1){
const err12 = {instancePath:instancePath+"/prompts",schemaPath:"#/properties/prompts/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(func3(data2) < 1){
const err13 = {instancePath:instancePath+"/prompts/" + i0,schemaPath:"#/properties/prompts/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/prompts/" + i0,schemaPath:"#/properties/prompts/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/prompts",schemaPath:"#/properties/prompts/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(typeof data.chat !== "boolean"){
const err16 = {instancePath:instancePath+"/chat",schemaPath:"#/properties/chat/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
let data4 = data.batchSize;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err17 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 < 1 || isNaN(data4)){
const err18 = {instancePath:instancePath+"/batchSize",schemaPath:"#/properties/batchSize/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
let data5 = data.maxNewTokens;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err19 = {instancePath:instancePath+"/maxNewTokens",schemaPath:"#/properties/maxNewTokens/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 < 1 || isNaN(data5)){
const err20 = {instancePath:instancePath+"/maxNewTokens",schemaPath:"#/properties/maxNewTokens/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
let data6 = data.temperature;
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 < 0 || isNaN(data6)){
const err21 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/temperature",schemaPath:"#/properties/temperature/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
let data7 = data.topK;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err23 = {instancePath:instancePath+"/topK",schemaPath:"#/properties/topK/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 < 0 || isNaN(data7)){
const err24 = {instancePath:instancePath+"/topK",schemaPath:"#/properties/topK/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
let data8 = data.topP;
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 1 || isNaN(data8)){
const err25 = {instancePath:instancePath+"/topP",schemaPath:"#/properties/topP/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data8 <= 0 || isNaN(data8)){
const err26 = {instancePath:instancePath+"/topP",schemaPath:"#/properties/topP/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/topP",schemaPath:"#/properties/topP/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
let data9 = data.minP;
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 1 || isNaN(data9)){
const err28 = {instancePath:instancePath+"/minP",schemaPath:"#/properties/minP/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(data9 < 0 || isNaN(data9)){
const err29 = {instancePath:instancePath+"/minP",schemaPath:"#/properties/minP/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/minP",schemaPath:"#/properties/minP/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
let data10 = data.repetitionPenalty;
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 10 || isNaN(data10)){
const err31 = {instancePath:instancePath+"/repetitionPenalty",schemaPath:"#/properties/repetitionPenalty/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(data10 <= 0 || isNaN(data10)){
const err32 = {instancePath:instancePath+"/repetitionPenalty",schemaPath:"#/properties/repetitionPenalty/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/repetitionPenalty",schemaPath:"#/properties/repetitionPenalty/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
let data11 = data.stop;
if(Array.isArray(data11)){
if(data11.length > 16){
const err34 = {instancePath:instancePath+"/stop",schemaPath:"#/properties/stop/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
const len1 = data11.length;
for(let i1=0; i1<len1; i1++){
let data12 = data11[i1];
if(typeof data12 === "string"){
if(func3(data12) < 1){
const err35 = {instancePath:instancePath+"/stop/" + i1,schemaPath:"#/properties/stop/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
else {
const err36 = {instancePath:instancePath+"/stop/" + i1,schemaPath:"#/properties/stop/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
else {
const err37 = {instancePath:instancePath+"/stop",schemaPath:"#/properties/stop/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
validate69.errors = vErrors;
return errors === 0;
}

export const validate_export = validate71;
const schema24 = {"additionalProperties":false,"type":"object","required":["to"],"properties":{"model":{"$ref":"artifact-model"},"rewardModel":{"$ref":"artifact-reward-model"},"to":{"minLength":1,"x-path":true,"description":"a folder below the working folder; replaced whole","type":"string"}}};

function validate71(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.to === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "to"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "model") || (key0 === "rewardModel")) || (key0 === "to"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.model !== undefined){
if(!(validate35(data.model, {instancePath:instancePath+"/model",parentData:data,parentDataProperty:"model",rootData}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
if(data.rewardModel !== undefined){
if(!(validate46(data.rewardModel, {instancePath:instancePath+"/rewardModel",parentData:data,parentDataProperty:"rewardModel",rootData}))){
vErrors = vErrors === null ? validate46.errors : vErrors.concat(validate46.errors);
errors = vErrors.length;
}
}
if(data.to !== undefined){
let data2 = data.to;
if(typeof data2 === "string"){
if(func3(data2) < 1){
const err2 = {instancePath:instancePath+"/to",schemaPath:"#/properties/to/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/to",schemaPath:"#/properties/to/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
else {
const err4 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
validate71.errors = vErrors;
return errors === 0;
}

export const validate_social_network = validate74;
const schema25 = {"additionalProperties":false,"type":"object","required":["accounts","follows","communities","reciprocity","openness"],"properties":{"accounts":{"minimum":1,"maximum":10000000,"default":2000,"description":"accounts","type":"integer"},"follows":{"minimum":0,"default":10,"description":"mean number of accounts that one follows by its own choice; answers come on top","type":"number"},"communities":{"minimum":1,"default":8,"description":"groups that follow each other; in no column","type":"integer"},"reciprocity":{"minimum":0,"maximum":1,"default":0.4,"description":"chance that a follow inside a community is answered; outside it is a third of this","type":"number"},"openness":{"minimum":0,"maximum":1,"default":0.25,"description":"share of follows that leave the community","type":"number"}}};

function validate74(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.accounts === undefined){
data.accounts = 2000;
}
if(data.follows === undefined){
data.follows = 10;
}
if(data.communities === undefined){
data.communities = 8;
}
if(data.reciprocity === undefined){
data.reciprocity = 0.4;
}
if(data.openness === undefined){
data.openness = 0.25;
}
if(data.accounts === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "accounts"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.follows === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "follows"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.communities === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "communities"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.reciprocity === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "reciprocity"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.openness === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "openness"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "accounts") || (key0 === "follows")) || (key0 === "communities")) || (key0 === "reciprocity")) || (key0 === "openness"))){
const err5 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
let data0 = data.accounts;
if(!(((typeof data0 == "number") && (!(data0 % 1) && !isNaN(data0))) && (isFinite(data0)))){
const err6 = {instancePath:instancePath+"/accounts",schemaPath:"#/properties/accounts/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if((typeof data0 == "number") && (isFinite(data0))){
if(data0 > 10000000 || isNaN(data0)){
const err7 = {instancePath:instancePath+"/accounts",schemaPath:"#/properties/accounts/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000000}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data0 < 1 || isNaN(data0)){
const err8 = {instancePath:instancePath+"/accounts",schemaPath:"#/properties/accounts/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
let data1 = data.follows;
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 < 0 || isNaN(data1)){
const err9 = {instancePath:instancePath+"/follows",schemaPath:"#/properties/follows/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/follows",schemaPath:"#/properties/follows/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
let data2 = data.communities;
if(!(((typeof data2 == "number") && (!(data2 % 1) && !isNaN(data2))) && (isFinite(data2)))){
const err11 = {instancePath:instancePath+"/communities",schemaPath:"#/properties/communities/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if((typeof data2 == "number") && (isFinite(data2))){
if(data2 < 1 || isNaN(data2)){
const err12 = {instancePath:instancePath+"/communities",schemaPath:"#/properties/communities/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
let data3 = data.reciprocity;
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 1 || isNaN(data3)){
const err13 = {instancePath:instancePath+"/reciprocity",schemaPath:"#/properties/reciprocity/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data3 < 0 || isNaN(data3)){
const err14 = {instancePath:instancePath+"/reciprocity",schemaPath:"#/properties/reciprocity/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/reciprocity",schemaPath:"#/properties/reciprocity/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
let data4 = data.openness;
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 1 || isNaN(data4)){
const err16 = {instancePath:instancePath+"/openness",schemaPath:"#/properties/openness/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data4 < 0 || isNaN(data4)){
const err17 = {instancePath:instancePath+"/openness",schemaPath:"#/properties/openness/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/openness",schemaPath:"#/properties/openness/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
validate74.errors = vErrors;
return errors === 0;
}

export const validate_hold_out_links = validate75;
const schema26 = {"additionalProperties":false,"type":"object","required":["followers","columns","directed","share"],"properties":{"followers":{"additionalProperties":false,"description":"a row for each edge, from the follower to the followed","type":"object","required":["format"],"properties":{"table":{"$ref":"artifact-table"},"file":{"minLength":1,"x-path":true,"description":"a path (or `*` pattern) below the working folder","type":"string"},"package":{"minLength":1,"description":"an installed npm data package","type":"string"},"path":{"minLength":1,"x-path":true,"description":"a file (or `*` pattern) inside the package","type":"string"},"url":{"pattern":"^https?://","description":"an address to download","type":"string"},"sha256":{"pattern":"^[0-9a-f]{64}$","description":"the download's digest, checked","type":"string"},"format":{"type":"string","enum":["auto","csv","parquet","json","jsonl"],"default":"auto","description":"auto: by the file's extension"},"delimiter":{"minLength":1,"maxLength":4,"description":"of CSV, where it is not found by itself","type":"string"},"query":{"description":"SQL (DuckDB) over the table `data`","type":"string"}}},"columns":{"additionalProperties":false,"default":{},"description":"which columns hold what","type":"object","required":["source","target"],"properties":{"source":{"minLength":1,"default":"follower","description":"where an edge begins","type":"string"},"target":{"minLength":1,"default":"followed","description":"where it ends","type":"string"}}},"directed":{"default":true,"description":"false: an edge and its reverse are one","type":"boolean"},"share":{"exclusiveMinimum":0,"exclusiveMaximum":1,"default":0.2,"description":"of the edges taken away","type":"number"}}};
const schema27 = {"additionalProperties":false,"x-artifact":"table","type":"object","required":["artifact","digest"],"properties":{"artifact":{"const":"table","type":"string"},"digest":{"pattern":"^[0-9a-f]{64}$","type":"string"}}};

function validate76(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.artifact === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "artifact"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.digest === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "digest"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "artifact") || (key0 === "digest"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.artifact !== undefined){
let data0 = data.artifact;
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if("table" !== data0){
const err4 = {instancePath:instancePath+"/artifact",schemaPath:"#/properties/artifact/const",keyword:"const",params:{allowedValue: "table"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.digest !== undefined){
let data1 = data.digest;
if(typeof data1 === "string"){
if(!pattern19.test(data1)){
const err5 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/digest",schemaPath:"#/properties/digest/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate76.errors = vErrors;
return errors === 0;
}


function validate75(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.columns === undefined){
data.columns = {};
}
if(data.directed === undefined){
data.directed = true;
}
if(data.share === undefined){
data.share = 0.2;
}
if(data.followers === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "followers"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.columns === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "columns"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.directed === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "directed"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.share === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "share"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "followers") || (key0 === "columns")) || (key0 === "directed")) || (key0 === "share"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.followers !== undefined){
let data0 = data.followers;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.format === undefined){
data0.format = "auto";
}
if(data0.format === undefined){
const err5 = {instancePath:instancePath+"/followers",schemaPath:"#/properties/followers/required",keyword:"required",params:{missingProperty: "format"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
for(const key1 in data0){
if(!(func2.call(schema26.properties.followers.properties, key1))){
const err6 = {instancePath:instancePath+"/followers",schemaPath:"#/properties/followers/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data0.table !== undefined){
if(!(validate76(data0.table, {instancePath:instancePath+"/followers/table",parentData:data0,parentDataProperty:"table",rootData}))){
vErrors = vErrors === null ? validate76.errors : vErrors.concat(validate76.errors);
errors = vErrors.length;
}
}
if(data0.file !== undefined){
let data2 = data0.file;
if(typeof data2 === "string"){
if(func3(data2) < 1){
const err7 = {instancePath:instancePath+"/followers/file",schemaPath:"#/properties/followers/properties/file/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/followers/file",schemaPath:"#/properties/followers/properties/file/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data0.package !== undefined){
let data3 = data0.package;
if(typeof data3 === "string"){
if(func3(data3) < 1){
const err9 = {instancePath:instancePath+"/followers/package",schemaPath:"#/properties/followers/properties/package/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/followers/package",schemaPath:"#/properties/followers/properties/package/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data0.path !== undefined){
let data4 = data0.path;
if(typeof data4 === "string"){
if(func3(data4) < 1){
const err11 = {instancePath:instancePath+"/followers/path",schemaPath:"#/properties/followers/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/followers/path",schemaPath:"#/properties/followers/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data0.url !== undefined){
let data5 = data0.url;
if(typeof data5 === "string"){
if(!pattern18.test(data5)){
const err13 = {instancePath:instancePath+"/followers/url",schemaPath:"#/properties/followers/properties/url/pattern",keyword:"pattern",params:{pattern: "^https?://"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/followers/url",schemaPath:"#/properties/followers/properties/url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data0.sha256 !== undefined){
let data6 = data0.sha256;
if(typeof data6 === "string"){
if(!pattern19.test(data6)){
const err15 = {instancePath:instancePath+"/followers/sha256",schemaPath:"#/properties/followers/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/followers/sha256",schemaPath:"#/properties/followers/properties/sha256/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
let data7 = data0.format;
if(typeof data7 !== "string"){
const err17 = {instancePath:instancePath+"/followers/format",schemaPath:"#/properties/followers/properties/format/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(!(((((data7 === "auto") || (data7 === "csv")) || (data7 === "parquet")) || (data7 === "json")) || (data7 === "jsonl"))){
const err18 = {instancePath:instancePath+"/followers/format",schemaPath:"#/properties/followers/properties/format/enum",keyword:"enum",params:{allowedValues: schema26.properties.followers.properties.format.enum}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data0.delimiter !== undefined){
let data8 = data0.delimiter;
if(typeof data8 === "string"){
if(func3(data8) > 4){
const err19 = {instancePath:instancePath+"/followers/delimiter",schemaPath:"#/properties/followers/properties/delimiter/maxLength",keyword:"maxLength",params:{limit: 4}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(func3(data8) < 1){
const err20 = {instancePath:instancePath+"/followers/delimiter",schemaPath:"#/properties/followers/properties/delimiter/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/followers/delimiter",schemaPath:"#/properties/followers/properties/delimiter/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data0.query !== undefined){
if(typeof data0.query !== "string"){
const err22 = {instancePath:instancePath+"/followers/query",schemaPath:"#/properties/followers/properties/query/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath:instancePath+"/followers",schemaPath:"#/properties/followers/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
let data10 = data.columns;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.source === undefined){
data10.source = "follower";
}
if(data10.target === undefined){
data10.target = "followed";
}
if(data10.source === undefined){
const err24 = {instancePath:instancePath+"/columns",schemaPath:"#/properties/columns/required",keyword:"required",params:{missingProperty: "source"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data10.target === undefined){
const err25 = {instancePath:instancePath+"/columns",schemaPath:"#/properties/columns/required",keyword:"required",params:{missingProperty: "target"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
for(const key2 in data10){
if(!((key2 === "source") || (key2 === "target"))){
const err26 = {instancePath:instancePath+"/columns",schemaPath:"#/properties/columns/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
let data11 = data10.source;
if(typeof data11 === "string"){
if(func3(data11) < 1){
const err27 = {instancePath:instancePath+"/columns/source",schemaPath:"#/properties/columns/properties/source/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/columns/source",schemaPath:"#/properties/columns/properties/source/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
let data12 = data10.target;
if(typeof data12 === "string"){
if(func3(data12) < 1){
const err29 = {instancePath:instancePath+"/columns/target",schemaPath:"#/properties/columns/properties/target/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/columns/target",schemaPath:"#/properties/columns/properties/target/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/columns",schemaPath:"#/properties/columns/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(typeof data.directed !== "boolean"){
const err32 = {instancePath:instancePath+"/directed",schemaPath:"#/properties/directed/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
let data14 = data.share;
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 >= 1 || isNaN(data14)){
const err33 = {instancePath:instancePath+"/share",schemaPath:"#/properties/share/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(data14 <= 0 || isNaN(data14)){
const err34 = {instancePath:instancePath+"/share",schemaPath:"#/properties/share/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/share",schemaPath:"#/properties/share/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
else {
const err36 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
validate75.errors = vErrors;
return errors === 0;
}

export const validate_graph_featurize = validate78;
const schema28 = {"additionalProperties":false,"type":"object","required":["accounts","followers","columns","directed","unknownAccounts","duplicates","selfLoops","features","sources","paths","damping","personalise","hops","resolution","dimensions","neighbours","pairColumns","tolerance","iterations","notConverged"],"properties":{"accounts":{"additionalProperties":false,"description":"a row for each account, with its attributes","type":"object","required":["format"],"properties":{"table":{"$ref":"artifact-table"},"file":{"minLength":1,"x-path":true,"description":"a path (or `*` pattern) below the working folder","type":"string"},"package":{"minLength":1,"description":"an installed npm data package","type":"string"},"path":{"minLength":1,"x-path":true,"description":"a file (or `*` pattern) inside the package","type":"string"},"url":{"pattern":"^https?://","description":"an address to download","type":"string"},"sha256":{"pattern":"^[0-9a-f]{64}$","description":"the download's digest, checked","type":"string"},"format":{"type":"string","enum":["auto","csv","parquet","json","jsonl"],"default":"auto","description":"auto: by the file's extension"},"delimiter":{"minLength":1,"maxLength":4,"description":"of CSV, where it is not found by itself","type":"string"},"query":{"description":"SQL (DuckDB) over the table `data`","type":"string"}}},"followers":{"additionalProperties":false,"description":"a row for each edge, from the follower to the followed","type":"object","required":["format"],"properties":{"table":{"$ref":"artifact-table"},"file":{"minLength":1,"x-path":true,"description":"a path (or `*` pattern) below the working folder","type":"string"},"package":{"minLength":1,"description":"an installed npm data package","type":"string"},"path":{"minLength":1,"x-path":true,"description":"a file (or `*` pattern) inside the package","type":"string"},"url":{"pattern":"^https?://","description":"an address to download","type":"string"},"sha256":{"pattern":"^[0-9a-f]{64}$","description":"the download's digest, checked","type":"string"},"format":{"type":"string","enum":["auto","csv","parquet","json","jsonl"],"default":"auto","description":"auto: by the file's extension"},"delimiter":{"minLength":1,"maxLength":4,"description":"of CSV, where it is not found by itself","type":"string"},"query":{"description":"SQL (DuckDB) over the table `data`","type":"string"}}},"columns":{"additionalProperties":false,"default":{},"description":"which columns hold what","type":"object","required":["node","source","target"],"properties":{"node":{"minLength":1,"default":"id","description":"of accounts: the account's id","type":"string"},"source":{"minLength":1,"default":"follower","description":"of followers: where an edge begins","type":"string"},"target":{"minLength":1,"default":"followed","description":"of followers: where it ends","type":"string"},"weight":{"minLength":1,"description":"of followers: an edge's weight; else 1","type":"string"}}},"directed":{"default":true,"description":"false: an edge leads both ways","type":"boolean"},"unknownAccounts":{"type":"string","enum":["error","drop","add"],"default":"error","description":"edges of accounts that are not in the table: refused, left out, or the accounts are added"},"duplicates":{"type":"string","enum":["sum","first"],"default":"sum","description":"what an edge weighs that is there several times"},"selfLoops":{"type":"string","enum":["keep","drop"],"default":"drop","description":"edges from an account to itself"},"features":{"minItems":1,"uniqueItems":true,"default":["degree","reciprocity","clustering","core","components","pagerank","hits","katz","betweenness","closeness","community","fastrp"],"description":"groups of features to compute","type":"array","items":{"type":"string","enum":["degree","strength","reciprocity","clustering","core","components","pagerank","personalised-pagerank","hits","katz","eigenvector","betweenness","closeness","reach","reached-by","community","fastrp","neighbours"]}},"sources":{"minimum":0,"default":1000,"description":"nodes that shortest paths are searched from: of a larger graph a sample, with its error; 0: always all","type":"integer"},"paths":{"type":"string","enum":["hops","weights"],"default":"hops","description":"how long an edge is on a path: 1, or its weight"},"damping":{"minimum":0,"exclusiveMaximum":1,"default":0.85,"description":"PageRank: share of steps that follow an edge","type":"number"},"personalise":{"default":[],"description":"personalised-pagerank: ids of accounts that a walker starts anew from","type":"array","items":{"minLength":1,"type":"string"}},"katzAlpha":{"exclusiveMinimum":0,"description":"Katz: what a further step counts; absent: so small that it always converges","type":"number"},"hops":{"minItems":1,"uniqueItems":true,"default":[2,3],"description":"reach, reached-by: numbers of steps","type":"array","items":{"minimum":1,"type":"integer"}},"resolution":{"exclusiveMinimum":0,"default":1,"description":"communities: above 1 for more and smaller ones","type":"number"},"dimensions":{"minimum":1,"maximum":1024,"default":16,"description":"fastrp: coordinates","type":"integer"},"neighbours":{"default":[],"description":"neighbours: which attributes, and what of them","type":"array","items":{"additionalProperties":false,"description":"what of the neighbours' attributes","type":"object","required":["attribute","aggregate"],"properties":{"attribute":{"minLength":1,"description":"a column of accounts","type":"string"},"aggregate":{"uniqueItems":true,"default":[],"description":"mean, max: of numbers; share: of each category; none: whichever fit the column","type":"array","items":{"type":"string","enum":["mean","max","share"]}}}}},"pairs":{"additionalProperties":false,"description":"pairs of accounts, whose features are wanted too","type":"object","required":["format"],"properties":{"table":{"$ref":"artifact-table"},"file":{"minLength":1,"x-path":true,"description":"a path (or `*` pattern) below the working folder","type":"string"},"package":{"minLength":1,"description":"an installed npm data package","type":"string"},"path":{"minLength":1,"x-path":true,"description":"a file (or `*` pattern) inside the package","type":"string"},"url":{"pattern":"^https?://","description":"an address to download","type":"string"},"sha256":{"pattern":"^[0-9a-f]{64}$","description":"the download's digest, checked","type":"string"},"format":{"type":"string","enum":["auto","csv","parquet","json","jsonl"],"default":"auto","description":"auto: by the file's extension"},"delimiter":{"minLength":1,"maxLength":4,"description":"of CSV, where it is not found by itself","type":"string"},"query":{"description":"SQL (DuckDB) over the table `data`","type":"string"}}},"pairColumns":{"additionalProperties":false,"default":{},"description":"which columns of pairs hold what","type":"object","required":["source","target"],"properties":{"source":{"minLength":1,"default":"source","description":"of pairs: one account","type":"string"},"target":{"minLength":1,"default":"target","description":"of pairs: the other","type":"string"}}},"tolerance":{"exclusiveMinimum":0,"default":1e-12,"description":"iterations end when values change by less than this share","type":"number"},"iterations":{"minimum":1,"default":1000,"description":"most steps of an iteration","type":"integer"},"notConverged":{"type":"string","enum":["error","missing"],"default":"error","description":"features whose iteration does not settle: the stage fails, or they have no values"}}};

function validate78(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.columns === undefined){
data.columns = {};
}
if(data.directed === undefined){
data.directed = true;
}
if(data.unknownAccounts === undefined){
data.unknownAccounts = "error";
}
if(data.duplicates === undefined){
data.duplicates = "sum";
}
if(data.selfLoops === undefined){
data.selfLoops = "drop";
}
if(data.features === undefined){
data.features = ["degree","reciprocity","clustering","core","components","pagerank","hits","katz","betweenness","closeness","community","fastrp"];
}
if(data.sources === undefined){
data.sources = 1000;
}
if(data.paths === undefined){
data.paths = "hops";
}
if(data.damping === undefined){
data.damping = 0.85;
}
if(data.personalise === undefined){
data.personalise = [];
}
if(data.hops === undefined){
data.hops = [2,3];
}
if(data.resolution === undefined){
data.resolution = 1;
}
if(data.dimensions === undefined){
data.dimensions = 16;
}
if(data.neighbours === undefined){
data.neighbours = [];
}
if(data.pairColumns === undefined){
data.pairColumns = {};
}
if(data.tolerance === undefined){
data.tolerance = 1e-12;
}
if(data.iterations === undefined){
data.iterations = 1000;
}
if(data.notConverged === undefined){
data.notConverged = "error";
}
if(data.accounts === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "accounts"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.followers === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "followers"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.columns === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "columns"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.directed === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "directed"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.unknownAccounts === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "unknownAccounts"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.duplicates === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "duplicates"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.selfLoops === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "selfLoops"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.features === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "features"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.sources === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "sources"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.paths === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "paths"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.damping === undefined){
const err10 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "damping"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data.personalise === undefined){
const err11 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "personalise"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.hops === undefined){
const err12 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "hops"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data.resolution === undefined){
const err13 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "resolution"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data.dimensions === undefined){
const err14 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "dimensions"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data.neighbours === undefined){
const err15 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "neighbours"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data.pairColumns === undefined){
const err16 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "pairColumns"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data.tolerance === undefined){
const err17 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "tolerance"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data.iterations === undefined){
const err18 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "iterations"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data.notConverged === undefined){
const err19 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "notConverged"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema28.properties, key0))){
const err20 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.accounts !== undefined){
let data0 = data.accounts;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.format === undefined){
data0.format = "auto";
}
if(data0.format === undefined){
const err21 = {instancePath:instancePath+"/accounts",schemaPath:"#/properties/accounts/required",keyword:"required",params:{missingProperty: "format"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
for(const key1 in data0){
if(!(func2.call(schema28.properties.accounts.properties, key1))){
const err22 = {instancePath:instancePath+"/accounts",schemaPath:"#/properties/accounts/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data0.table !== undefined){
if(!(validate76(data0.table, {instancePath:instancePath+"/accounts/table",parentData:data0,parentDataProperty:"table",rootData}))){
vErrors = vErrors === null ? validate76.errors : vErrors.concat(validate76.errors);
errors = vErrors.length;
}
}
if(data0.file !== undefined){
let data2 = data0.file;
if(typeof data2 === "string"){
if(func3(data2) < 1){
const err23 = {instancePath:instancePath+"/accounts/file",schemaPath:"#/properties/accounts/properties/file/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/accounts/file",schemaPath:"#/properties/accounts/properties/file/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data0.package !== undefined){
let data3 = data0.package;
if(typeof data3 === "string"){
if(func3(data3) < 1){
const err25 = {instancePath:instancePath+"/accounts/package",schemaPath:"#/properties/accounts/properties/package/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/accounts/package",schemaPath:"#/properties/accounts/properties/package/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data0.path !== undefined){
let data4 = data0.path;
if(typeof data4 === "string"){
if(func3(data4) < 1){
const err27 = {instancePath:instancePath+"/accounts/path",schemaPath:"#/properties/accounts/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/accounts/path",schemaPath:"#/properties/accounts/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data0.url !== undefined){
let data5 = data0.url;
if(typeof data5 === "string"){
if(!pattern18.test(data5)){
const err29 = {instancePath:instancePath+"/accounts/url",schemaPath:"#/properties/accounts/properties/url/pattern",keyword:"pattern",params:{pattern: "^https?://"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
else {
const err30 = {instancePath:instancePath+"/accounts/url",schemaPath:"#/properties/accounts/properties/url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data0.sha256 !== undefined){
let data6 = data0.sha256;
if(typeof data6 === "string"){
if(!pattern19.test(data6)){
const err31 = {instancePath:instancePath+"/accounts/sha256",schemaPath:"#/properties/accounts/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/accounts/sha256",schemaPath:"#/properties/accounts/properties/sha256/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
let data7 = data0.format;
if(typeof data7 !== "string"){
const err33 = {instancePath:instancePath+"/accounts/format",schemaPath:"#/properties/accounts/properties/format/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(!(((((data7 === "auto") || (data7 === "csv")) || (data7 === "parquet")) || (data7 === "json")) || (data7 === "jsonl"))){
const err34 = {instancePath:instancePath+"/accounts/format",schemaPath:"#/properties/accounts/properties/format/enum",keyword:"enum",params:{allowedValues: schema28.properties.accounts.properties.format.enum}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if(data0.delimiter !== undefined){
let data8 = data0.delimiter;
if(typeof data8 === "string"){
if(func3(data8) > 4){
const err35 = {instancePath:instancePath+"/accounts/delimiter",schemaPath:"#/properties/accounts/properties/delimiter/maxLength",keyword:"maxLength",params:{limit: 4}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(func3(data8) < 1){
const err36 = {instancePath:instancePath+"/accounts/delimiter",schemaPath:"#/properties/accounts/properties/delimiter/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/accounts/delimiter",schemaPath:"#/properties/accounts/properties/delimiter/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data0.query !== undefined){
if(typeof data0.query !== "string"){
const err38 = {instancePath:instancePath+"/accounts/query",schemaPath:"#/properties/accounts/properties/query/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/accounts",schemaPath:"#/properties/accounts/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data.followers !== undefined){
let data10 = data.followers;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.format === undefined){
data10.format = "auto";
}
if(data10.format === undefined){
const err40 = {instancePath:instancePath+"/followers",schemaPath:"#/properties/followers/required",keyword:"required",params:{missingProperty: "format"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
for(const key2 in data10){
if(!(func2.call(schema28.properties.followers.properties, key2))){
const err41 = {instancePath:instancePath+"/followers",schemaPath:"#/properties/followers/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data10.table !== undefined){
if(!(validate76(data10.table, {instancePath:instancePath+"/followers/table",parentData:data10,parentDataProperty:"table",rootData}))){
vErrors = vErrors === null ? validate76.errors : vErrors.concat(validate76.errors);
errors = vErrors.length;
}
}
if(data10.file !== undefined){
let data12 = data10.file;
if(typeof data12 === "string"){
if(func3(data12) < 1){
const err42 = {instancePath:instancePath+"/followers/file",schemaPath:"#/properties/followers/properties/file/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
else {
const err43 = {instancePath:instancePath+"/followers/file",schemaPath:"#/properties/followers/properties/file/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data10.package !== undefined){
let data13 = data10.package;
if(typeof data13 === "string"){
if(func3(data13) < 1){
const err44 = {instancePath:instancePath+"/followers/package",schemaPath:"#/properties/followers/properties/package/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
else {
const err45 = {instancePath:instancePath+"/followers/package",schemaPath:"#/properties/followers/properties/package/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data10.path !== undefined){
let data14 = data10.path;
if(typeof data14 === "string"){
if(func3(data14) < 1){
const err46 = {instancePath:instancePath+"/followers/path",schemaPath:"#/properties/followers/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/followers/path",schemaPath:"#/properties/followers/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data10.url !== undefined){
let data15 = data10.url;
if(typeof data15 === "string"){
if(!pattern18.test(data15)){
const err48 = {instancePath:instancePath+"/followers/url",schemaPath:"#/properties/followers/properties/url/pattern",keyword:"pattern",params:{pattern: "^https?://"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
else {
const err49 = {instancePath:instancePath+"/followers/url",schemaPath:"#/properties/followers/properties/url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data10.sha256 !== undefined){
let data16 = data10.sha256;
if(typeof data16 === "string"){
if(!pattern19.test(data16)){
const err50 = {instancePath:instancePath+"/followers/sha256",schemaPath:"#/properties/followers/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
else {
const err51 = {instancePath:instancePath+"/followers/sha256",schemaPath:"#/properties/followers/properties/sha256/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
let data17 = data10.format;
if(typeof data17 !== "string"){
const err52 = {instancePath:instancePath+"/followers/format",schemaPath:"#/properties/followers/properties/format/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(!(((((data17 === "auto") || (data17 === "csv")) || (data17 === "parquet")) || (data17 === "json")) || (data17 === "jsonl"))){
const err53 = {instancePath:instancePath+"/followers/format",schemaPath:"#/properties/followers/properties/format/enum",keyword:"enum",params:{allowedValues: schema28.properties.followers.properties.format.enum}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(data10.delimiter !== undefined){
let data18 = data10.delimiter;
if(typeof data18 === "string"){
if(func3(data18) > 4){
const err54 = {instancePath:instancePath+"/followers/delimiter",schemaPath:"#/properties/followers/properties/delimiter/maxLength",keyword:"maxLength",params:{limit: 4}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if(func3(data18) < 1){
const err55 = {instancePath:instancePath+"/followers/delimiter",schemaPath:"#/properties/followers/properties/delimiter/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
else {
const err56 = {instancePath:instancePath+"/followers/delimiter",schemaPath:"#/properties/followers/properties/delimiter/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data10.query !== undefined){
if(typeof data10.query !== "string"){
const err57 = {instancePath:instancePath+"/followers/query",schemaPath:"#/properties/followers/properties/query/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
else {
const err58 = {instancePath:instancePath+"/followers",schemaPath:"#/properties/followers/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
let data20 = data.columns;
if(data20 && typeof data20 == "object" && !Array.isArray(data20)){
if(data20.node === undefined){
data20.node = "id";
}
if(data20.source === undefined){
data20.source = "follower";
}
if(data20.target === undefined){
data20.target = "followed";
}
if(data20.node === undefined){
const err59 = {instancePath:instancePath+"/columns",schemaPath:"#/properties/columns/required",keyword:"required",params:{missingProperty: "node"}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(data20.source === undefined){
const err60 = {instancePath:instancePath+"/columns",schemaPath:"#/properties/columns/required",keyword:"required",params:{missingProperty: "source"}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
if(data20.target === undefined){
const err61 = {instancePath:instancePath+"/columns",schemaPath:"#/properties/columns/required",keyword:"required",params:{missingProperty: "target"}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
for(const key3 in data20){
if(!((((key3 === "node") || (key3 === "source")) || (key3 === "target")) || (key3 === "weight"))){
const err62 = {instancePath:instancePath+"/columns",schemaPath:"#/properties/columns/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
let data21 = data20.node;
if(typeof data21 === "string"){
if(func3(data21) < 1){
const err63 = {instancePath:instancePath+"/columns/node",schemaPath:"#/properties/columns/properties/node/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
else {
const err64 = {instancePath:instancePath+"/columns/node",schemaPath:"#/properties/columns/properties/node/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
let data22 = data20.source;
if(typeof data22 === "string"){
if(func3(data22) < 1){
const err65 = {instancePath:instancePath+"/columns/source",schemaPath:"#/properties/columns/properties/source/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
else {
const err66 = {instancePath:instancePath+"/columns/source",schemaPath:"#/properties/columns/properties/source/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
let data23 = data20.target;
if(typeof data23 === "string"){
if(func3(data23) < 1){
const err67 = {instancePath:instancePath+"/columns/target",schemaPath:"#/properties/columns/properties/target/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
else {
const err68 = {instancePath:instancePath+"/columns/target",schemaPath:"#/properties/columns/properties/target/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if(data20.weight !== undefined){
let data24 = data20.weight;
if(typeof data24 === "string"){
if(func3(data24) < 1){
const err69 = {instancePath:instancePath+"/columns/weight",schemaPath:"#/properties/columns/properties/weight/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
else {
const err70 = {instancePath:instancePath+"/columns/weight",schemaPath:"#/properties/columns/properties/weight/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
}
else {
const err71 = {instancePath:instancePath+"/columns",schemaPath:"#/properties/columns/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(typeof data.directed !== "boolean"){
const err72 = {instancePath:instancePath+"/directed",schemaPath:"#/properties/directed/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
let data26 = data.unknownAccounts;
if(typeof data26 !== "string"){
const err73 = {instancePath:instancePath+"/unknownAccounts",schemaPath:"#/properties/unknownAccounts/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
if(!(((data26 === "error") || (data26 === "drop")) || (data26 === "add"))){
const err74 = {instancePath:instancePath+"/unknownAccounts",schemaPath:"#/properties/unknownAccounts/enum",keyword:"enum",params:{allowedValues: schema28.properties.unknownAccounts.enum}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
let data27 = data.duplicates;
if(typeof data27 !== "string"){
const err75 = {instancePath:instancePath+"/duplicates",schemaPath:"#/properties/duplicates/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
if(!((data27 === "sum") || (data27 === "first"))){
const err76 = {instancePath:instancePath+"/duplicates",schemaPath:"#/properties/duplicates/enum",keyword:"enum",params:{allowedValues: schema28.properties.duplicates.enum}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
let data28 = data.selfLoops;
if(typeof data28 !== "string"){
const err77 = {instancePath:instancePath+"/selfLoops",schemaPath:"#/properties/selfLoops/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
if(!((data28 === "keep") || (data28 === "drop"))){
const err78 = {instancePath:instancePath+"/selfLoops",schemaPath:"#/properties/selfLoops/enum",keyword:"enum",params:{allowedValues: schema28.properties.selfLoops.enum}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
let data29 = data.features;
if(Array.isArray(data29)){
if(data29.length < 1){
const err79 = {instancePath:instancePath+"/features",schemaPath:"#/properties/features/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
const len0 = data29.length;
for(let i0=0; i0<len0; i0++){
let data30 = data29[i0];
if(typeof data30 !== "string"){
const err80 = {instancePath:instancePath+"/features/" + i0,schemaPath:"#/properties/features/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
if(!((((((((((((((((((data30 === "degree") || (data30 === "strength")) || (data30 === "reciprocity")) || (data30 === "clustering")) || (data30 === "core")) || (data30 === "components")) || (data30 === "pagerank")) || (data30 === "personalised-pagerank")) || (data30 === "hits")) || (data30 === "katz")) || (data30 === "eigenvector")) || (data30 === "betweenness")) || (data30 === "closeness")) || (data30 === "reach")) || (data30 === "reached-by")) || (data30 === "community")) || (data30 === "fastrp")) || (data30 === "neighbours"))){
const err81 = {instancePath:instancePath+"/features/" + i0,schemaPath:"#/properties/features/items/enum",keyword:"enum",params:{allowedValues: schema28.properties.features.items.enum}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
let i1 = data29.length;
let j0;
if(i1 > 1){
const indices0 = {};
for(;i1--;){
let item0 = data29[i1];
if(typeof item0 !== "string"){
continue;
}
if(typeof indices0[item0] == "number"){
j0 = indices0[item0];
const err82 = {instancePath:instancePath+"/features",schemaPath:"#/properties/features/uniqueItems",keyword:"uniqueItems",params:{i: i1, j: j0}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
break;
}
indices0[item0] = i1;
}
}
}
else {
const err83 = {instancePath:instancePath+"/features",schemaPath:"#/properties/features/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
let data31 = data.sources;
if(!(((typeof data31 == "number") && (!(data31 % 1) && !isNaN(data31))) && (isFinite(data31)))){
const err84 = {instancePath:instancePath+"/sources",schemaPath:"#/properties/sources/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if((typeof data31 == "number") && (isFinite(data31))){
if(data31 < 0 || isNaN(data31)){
const err85 = {instancePath:instancePath+"/sources",schemaPath:"#/properties/sources/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
let data32 = data.paths;
if(typeof data32 !== "string"){
const err86 = {instancePath:instancePath+"/paths",schemaPath:"#/properties/paths/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
if(!((data32 === "hops") || (data32 === "weights"))){
const err87 = {instancePath:instancePath+"/paths",schemaPath:"#/properties/paths/enum",keyword:"enum",params:{allowedValues: schema28.properties.paths.enum}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
let data33 = data.damping;
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 < 0 || isNaN(data33)){
const err88 = {instancePath:instancePath+"/damping",schemaPath:"#/properties/damping/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
if(data33 >= 1 || isNaN(data33)){
const err89 = {instancePath:instancePath+"/damping",schemaPath:"#/properties/damping/exclusiveMaximum",keyword:"exclusiveMaximum",params:{comparison: "<", limit: 1}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
else {
const err90 = {instancePath:instancePath+"/damping",schemaPath:"#/properties/damping/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
let data34 = data.personalise;
if(Array.isArray(data34)){
const len1 = data34.length;
for(let i2=0; i2<len1; i2++){
let data35 = data34[i2];
if(typeof data35 === "string"){
if(func3(data35) < 1){
const err91 = {instancePath:instancePath+"/personalise/" + i2,schemaPath:"#/properties/personalise/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
else {
const err92 = {instancePath:instancePath+"/personalise/" + i2,schemaPath:"#/properties/personalise/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
}
else {
const err93 = {instancePath:instancePath+"/personalise",schemaPath:"#/properties/personalise/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
if(data.katzAlpha !== undefined){
let data36 = data.katzAlpha;
if((typeof data36 == "number") && (isFinite(data36))){
if(data36 <= 0 || isNaN(data36)){
const err94 = {instancePath:instancePath+"/katzAlpha",schemaPath:"#/properties/katzAlpha/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
else {
const err95 = {instancePath:instancePath+"/katzAlpha",schemaPath:"#/properties/katzAlpha/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
let data37 = data.hops;
if(Array.isArray(data37)){
if(data37.length < 1){
const err96 = {instancePath:instancePath+"/hops",schemaPath:"#/properties/hops/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
const len2 = data37.length;
for(let i3=0; i3<len2; i3++){
let data38 = data37[i3];
if(!(((typeof data38 == "number") && (!(data38 % 1) && !isNaN(data38))) && (isFinite(data38)))){
const err97 = {instancePath:instancePath+"/hops/" + i3,schemaPath:"#/properties/hops/items/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
if((typeof data38 == "number") && (isFinite(data38))){
if(data38 < 1 || isNaN(data38)){
const err98 = {instancePath:instancePath+"/hops/" + i3,schemaPath:"#/properties/hops/items/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
}
let i4 = data37.length;
let j1;
if(i4 > 1){
const indices1 = {};
for(;i4--;){
let item1 = data37[i4];
if(!(((typeof item1 == "number") && (!(item1 % 1) && !isNaN(item1))) && (isFinite(item1)))){
continue;
}
if(typeof indices1[item1] == "number"){
j1 = indices1[item1];
const err99 = {instancePath:instancePath+"/hops",schemaPath:"#/properties/hops/uniqueItems",keyword:"uniqueItems",params:{i: i4, j: j1}};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
break;
}
indices1[item1] = i4;
}
}
}
else {
const err100 = {instancePath:instancePath+"/hops",schemaPath:"#/properties/hops/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
let data39 = data.resolution;
if((typeof data39 == "number") && (isFinite(data39))){
if(data39 <= 0 || isNaN(data39)){
const err101 = {instancePath:instancePath+"/resolution",schemaPath:"#/properties/resolution/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
else {
const err102 = {instancePath:instancePath+"/resolution",schemaPath:"#/properties/resolution/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
let data40 = data.dimensions;
if(!(((typeof data40 == "number") && (!(data40 % 1) && !isNaN(data40))) && (isFinite(data40)))){
const err103 = {instancePath:instancePath+"/dimensions",schemaPath:"#/properties/dimensions/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
if((typeof data40 == "number") && (isFinite(data40))){
if(data40 > 1024 || isNaN(data40)){
const err104 = {instancePath:instancePath+"/dimensions",schemaPath:"#/properties/dimensions/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1024}};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
if(data40 < 1 || isNaN(data40)){
const err105 = {instancePath:instancePath+"/dimensions",schemaPath:"#/properties/dimensions/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
let data41 = data.neighbours;
if(Array.isArray(data41)){
const len3 = data41.length;
for(let i5=0; i5<len3; i5++){
let data42 = data41[i5];
if(data42 && typeof data42 == "object" && !Array.isArray(data42)){
if(data42.aggregate === undefined){
data42.aggregate = [];
}
if(data42.attribute === undefined){
const err106 = {instancePath:instancePath+"/neighbours/" + i5,schemaPath:"#/properties/neighbours/items/required",keyword:"required",params:{missingProperty: "attribute"}};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
if(data42.aggregate === undefined){
const err107 = {instancePath:instancePath+"/neighbours/" + i5,schemaPath:"#/properties/neighbours/items/required",keyword:"required",params:{missingProperty: "aggregate"}};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
for(const key4 in data42){
if(!((key4 === "attribute") || (key4 === "aggregate"))){
const err108 = {instancePath:instancePath+"/neighbours/" + i5,schemaPath:"#/properties/neighbours/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
if(data42.attribute !== undefined){
let data43 = data42.attribute;
if(typeof data43 === "string"){
if(func3(data43) < 1){
const err109 = {instancePath:instancePath+"/neighbours/" + i5+"/attribute",schemaPath:"#/properties/neighbours/items/properties/attribute/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
else {
const err110 = {instancePath:instancePath+"/neighbours/" + i5+"/attribute",schemaPath:"#/properties/neighbours/items/properties/attribute/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
let data44 = data42.aggregate;
if(Array.isArray(data44)){
const len4 = data44.length;
for(let i6=0; i6<len4; i6++){
let data45 = data44[i6];
if(typeof data45 !== "string"){
const err111 = {instancePath:instancePath+"/neighbours/" + i5+"/aggregate/" + i6,schemaPath:"#/properties/neighbours/items/properties/aggregate/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
if(!(((data45 === "mean") || (data45 === "max")) || (data45 === "share"))){
const err112 = {instancePath:instancePath+"/neighbours/" + i5+"/aggregate/" + i6,schemaPath:"#/properties/neighbours/items/properties/aggregate/items/enum",keyword:"enum",params:{allowedValues: schema28.properties.neighbours.items.properties.aggregate.items.enum}};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
let i7 = data44.length;
let j2;
if(i7 > 1){
const indices2 = {};
for(;i7--;){
let item2 = data44[i7];
if(typeof item2 !== "string"){
continue;
}
if(typeof indices2[item2] == "number"){
j2 = indices2[item2];
const err113 = {instancePath:instancePath+"/neighbours/" + i5+"/aggregate",schemaPath:"#/properties/neighbours/items/properties/aggregate/uniqueItems",keyword:"uniqueItems",params:{i: i7, j: j2}};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
break;
}
indices2[item2] = i7;
}
}
}
else {
const err114 = {instancePath:instancePath+"/neighbours/" + i5+"/aggregate",schemaPath:"#/properties/neighbours/items/properties/aggregate/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
else {
const err115 = {instancePath:instancePath+"/neighbours/" + i5,schemaPath:"#/properties/neighbours/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
}
else {
const err116 = {instancePath:instancePath+"/neighbours",schemaPath:"#/properties/neighbours/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
if(data.pairs !== undefined){
let data46 = data.pairs;
if(data46 && typeof data46 == "object" && !Array.isArray(data46)){
if(data46.format === undefined){
data46.format = "auto";
}
if(data46.format === undefined){
const err117 = {instancePath:instancePath+"/pairs",schemaPath:"#/properties/pairs/required",keyword:"required",params:{missingProperty: "format"}};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
for(const key5 in data46){
if(!(func2.call(schema28.properties.pairs.properties, key5))){
const err118 = {instancePath:instancePath+"/pairs",schemaPath:"#/properties/pairs/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
if(data46.table !== undefined){
if(!(validate76(data46.table, {instancePath:instancePath+"/pairs/table",parentData:data46,parentDataProperty:"table",rootData}))){
vErrors = vErrors === null ? validate76.errors : vErrors.concat(validate76.errors);
errors = vErrors.length;
}
}
if(data46.file !== undefined){
let data48 = data46.file;
if(typeof data48 === "string"){
if(func3(data48) < 1){
const err119 = {instancePath:instancePath+"/pairs/file",schemaPath:"#/properties/pairs/properties/file/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
else {
const err120 = {instancePath:instancePath+"/pairs/file",schemaPath:"#/properties/pairs/properties/file/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
if(data46.package !== undefined){
let data49 = data46.package;
if(typeof data49 === "string"){
if(func3(data49) < 1){
const err121 = {instancePath:instancePath+"/pairs/package",schemaPath:"#/properties/pairs/properties/package/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
else {
const err122 = {instancePath:instancePath+"/pairs/package",schemaPath:"#/properties/pairs/properties/package/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
if(data46.path !== undefined){
let data50 = data46.path;
if(typeof data50 === "string"){
if(func3(data50) < 1){
const err123 = {instancePath:instancePath+"/pairs/path",schemaPath:"#/properties/pairs/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
else {
const err124 = {instancePath:instancePath+"/pairs/path",schemaPath:"#/properties/pairs/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
if(data46.url !== undefined){
let data51 = data46.url;
if(typeof data51 === "string"){
if(!pattern18.test(data51)){
const err125 = {instancePath:instancePath+"/pairs/url",schemaPath:"#/properties/pairs/properties/url/pattern",keyword:"pattern",params:{pattern: "^https?://"}};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
else {
const err126 = {instancePath:instancePath+"/pairs/url",schemaPath:"#/properties/pairs/properties/url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
}
if(data46.sha256 !== undefined){
let data52 = data46.sha256;
if(typeof data52 === "string"){
if(!pattern19.test(data52)){
const err127 = {instancePath:instancePath+"/pairs/sha256",schemaPath:"#/properties/pairs/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
else {
const err128 = {instancePath:instancePath+"/pairs/sha256",schemaPath:"#/properties/pairs/properties/sha256/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
let data53 = data46.format;
if(typeof data53 !== "string"){
const err129 = {instancePath:instancePath+"/pairs/format",schemaPath:"#/properties/pairs/properties/format/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
if(!(((((data53 === "auto") || (data53 === "csv")) || (data53 === "parquet")) || (data53 === "json")) || (data53 === "jsonl"))){
const err130 = {instancePath:instancePath+"/pairs/format",schemaPath:"#/properties/pairs/properties/format/enum",keyword:"enum",params:{allowedValues: schema28.properties.pairs.properties.format.enum}};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
if(data46.delimiter !== undefined){
let data54 = data46.delimiter;
if(typeof data54 === "string"){
if(func3(data54) > 4){
const err131 = {instancePath:instancePath+"/pairs/delimiter",schemaPath:"#/properties/pairs/properties/delimiter/maxLength",keyword:"maxLength",params:{limit: 4}};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
if(func3(data54) < 1){
const err132 = {instancePath:instancePath+"/pairs/delimiter",schemaPath:"#/properties/pairs/properties/delimiter/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
else {
const err133 = {instancePath:instancePath+"/pairs/delimiter",schemaPath:"#/properties/pairs/properties/delimiter/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
}
if(data46.query !== undefined){
if(typeof data46.query !== "string"){
const err134 = {instancePath:instancePath+"/pairs/query",schemaPath:"#/properties/pairs/properties/query/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
}
else {
const err135 = {instancePath:instancePath+"/pairs",schemaPath:"#/properties/pairs/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
let data56 = data.pairColumns;
if(data56 && typeof data56 == "object" && !Array.isArray(data56)){
if(data56.source === undefined){
data56.source = "source";
}
if(data56.target === undefined){
data56.target = "target";
}
if(data56.source === undefined){
const err136 = {instancePath:instancePath+"/pairColumns",schemaPath:"#/properties/pairColumns/required",keyword:"required",params:{missingProperty: "source"}};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
if(data56.target === undefined){
const err137 = {instancePath:instancePath+"/pairColumns",schemaPath:"#/properties/pairColumns/required",keyword:"required",params:{missingProperty: "target"}};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
for(const key6 in data56){
if(!((key6 === "source") || (key6 === "target"))){
const err138 = {instancePath:instancePath+"/pairColumns",schemaPath:"#/properties/pairColumns/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6}};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
}
let data57 = data56.source;
if(typeof data57 === "string"){
if(func3(data57) < 1){
const err139 = {instancePath:instancePath+"/pairColumns/source",schemaPath:"#/properties/pairColumns/properties/source/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
else {
const err140 = {instancePath:instancePath+"/pairColumns/source",schemaPath:"#/properties/pairColumns/properties/source/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
let data58 = data56.target;
if(typeof data58 === "string"){
if(func3(data58) < 1){
const err141 = {instancePath:instancePath+"/pairColumns/target",schemaPath:"#/properties/pairColumns/properties/target/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
else {
const err142 = {instancePath:instancePath+"/pairColumns/target",schemaPath:"#/properties/pairColumns/properties/target/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
else {
const err143 = {instancePath:instancePath+"/pairColumns",schemaPath:"#/properties/pairColumns/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
let data59 = data.tolerance;
if((typeof data59 == "number") && (isFinite(data59))){
if(data59 <= 0 || isNaN(data59)){
const err144 = {instancePath:instancePath+"/tolerance",schemaPath:"#/properties/tolerance/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
}
else {
const err145 = {instancePath:instancePath+"/tolerance",schemaPath:"#/properties/tolerance/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
let data60 = data.iterations;
if(!(((typeof data60 == "number") && (!(data60 % 1) && !isNaN(data60))) && (isFinite(data60)))){
const err146 = {instancePath:instancePath+"/iterations",schemaPath:"#/properties/iterations/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
if((typeof data60 == "number") && (isFinite(data60))){
if(data60 < 1 || isNaN(data60)){
const err147 = {instancePath:instancePath+"/iterations",schemaPath:"#/properties/iterations/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
}
let data61 = data.notConverged;
if(typeof data61 !== "string"){
const err148 = {instancePath:instancePath+"/notConverged",schemaPath:"#/properties/notConverged/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
if(!((data61 === "error") || (data61 === "missing"))){
const err149 = {instancePath:instancePath+"/notConverged",schemaPath:"#/properties/notConverged/enum",keyword:"enum",params:{allowedValues: schema28.properties.notConverged.enum}};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
}
else {
const err150 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
validate78.errors = vErrors;
return errors === 0;
}

export const validate_table_model = validate82;
const schema29 = {"additionalProperties":false,"type":"object","required":["data","target","baseline","features","ignore","folds","rounds","depth","learningRate","resamples"],"properties":{"data":{"additionalProperties":false,"description":"the rows to learn from and to predict","type":"object","required":["format"],"properties":{"table":{"$ref":"artifact-table"},"file":{"minLength":1,"x-path":true,"description":"a path (or `*` pattern) below the working folder","type":"string"},"package":{"minLength":1,"description":"an installed npm data package","type":"string"},"path":{"minLength":1,"x-path":true,"description":"a file (or `*` pattern) inside the package","type":"string"},"url":{"pattern":"^https?://","description":"an address to download","type":"string"},"sha256":{"pattern":"^[0-9a-f]{64}$","description":"the download's digest, checked","type":"string"},"format":{"type":"string","enum":["auto","csv","parquet","json","jsonl"],"default":"auto","description":"auto: by the file's extension"},"delimiter":{"minLength":1,"maxLength":4,"description":"of CSV, where it is not found by itself","type":"string"},"query":{"description":"SQL (DuckDB) over the table `data`","type":"string"}}},"target":{"minLength":1,"description":"the column to predict: true or false, 1 or 0","type":"string"},"baseline":{"minItems":1,"description":"columns that both models know; `*` stands for anything","type":"array","items":{"minLength":1,"type":"string"}},"features":{"minItems":1,"default":["*"],"description":"columns that only the second model knows, less the baseline's","type":"array","items":{"minLength":1,"type":"string"}},"ignore":{"default":[],"description":"columns that neither knows","type":"array","items":{"minLength":1,"type":"string"}},"folds":{"minimum":2,"default":5,"description":"parts; each is predicted by a model of the others","type":"integer"},"rounds":{"minimum":1,"default":100,"description":"trees a model","type":"integer"},"depth":{"minimum":1,"maximum":8,"default":3,"description":"of a tree","type":"integer"},"learningRate":{"exclusiveMinimum":0,"maximum":1,"default":0.1,"description":"weight of a tree","type":"number"},"resamples":{"minimum":100,"default":1000,"description":"draws of the bootstrap","type":"integer"}}};

function validate82(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.features === undefined){
data.features = ["*"];
}
if(data.ignore === undefined){
data.ignore = [];
}
if(data.folds === undefined){
data.folds = 5;
}
if(data.rounds === undefined){
data.rounds = 100;
}
if(data.depth === undefined){
data.depth = 3;
}
if(data.learningRate === undefined){
data.learningRate = 0.1;
}
if(data.resamples === undefined){
data.resamples = 1000;
}
if(data.data === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "data"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.target === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "target"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.baseline === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "baseline"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.features === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "features"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.ignore === undefined){
const err4 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "ignore"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data.folds === undefined){
const err5 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "folds"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data.rounds === undefined){
const err6 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "rounds"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data.depth === undefined){
const err7 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "depth"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(data.learningRate === undefined){
const err8 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "learningRate"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data.resamples === undefined){
const err9 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "resamples"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema29.properties, key0))){
const err10 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.data !== undefined){
let data0 = data.data;
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.format === undefined){
data0.format = "auto";
}
if(data0.format === undefined){
const err11 = {instancePath:instancePath+"/data",schemaPath:"#/properties/data/required",keyword:"required",params:{missingProperty: "format"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
for(const key1 in data0){
if(!(func2.call(schema29.properties.data.properties, key1))){
const err12 = {instancePath:instancePath+"/data",schemaPath:"#/properties/data/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data0.table !== undefined){
if(!(validate76(data0.table, {instancePath:instancePath+"/data/table",parentData:data0,parentDataProperty:"table",rootData}))){
vErrors = vErrors === null ? validate76.errors : vErrors.concat(validate76.errors);
errors = vErrors.length;
}
}
if(data0.file !== undefined){
let data2 = data0.file;
if(typeof data2 === "string"){
if(func3(data2) < 1){
const err13 = {instancePath:instancePath+"/data/file",schemaPath:"#/properties/data/properties/file/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/data/file",schemaPath:"#/properties/data/properties/file/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data0.package !== undefined){
let data3 = data0.package;
if(typeof data3 === "string"){
if(func3(data3) < 1){
const err15 = {instancePath:instancePath+"/data/package",schemaPath:"#/properties/data/properties/package/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/data/package",schemaPath:"#/properties/data/properties/package/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data0.path !== undefined){
let data4 = data0.path;
if(typeof data4 === "string"){
if(func3(data4) < 1){
const err17 = {instancePath:instancePath+"/data/path",schemaPath:"#/properties/data/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/data/path",schemaPath:"#/properties/data/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data0.url !== undefined){
let data5 = data0.url;
if(typeof data5 === "string"){
if(!pattern18.test(data5)){
const err19 = {instancePath:instancePath+"/data/url",schemaPath:"#/properties/data/properties/url/pattern",keyword:"pattern",params:{pattern: "^https?://"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/data/url",schemaPath:"#/properties/data/properties/url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data0.sha256 !== undefined){
let data6 = data0.sha256;
if(typeof data6 === "string"){
if(!pattern19.test(data6)){
const err21 = {instancePath:instancePath+"/data/sha256",schemaPath:"#/properties/data/properties/sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/data/sha256",schemaPath:"#/properties/data/properties/sha256/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
let data7 = data0.format;
if(typeof data7 !== "string"){
const err23 = {instancePath:instancePath+"/data/format",schemaPath:"#/properties/data/properties/format/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(!(((((data7 === "auto") || (data7 === "csv")) || (data7 === "parquet")) || (data7 === "json")) || (data7 === "jsonl"))){
const err24 = {instancePath:instancePath+"/data/format",schemaPath:"#/properties/data/properties/format/enum",keyword:"enum",params:{allowedValues: schema29.properties.data.properties.format.enum}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data0.delimiter !== undefined){
let data8 = data0.delimiter;
if(typeof data8 === "string"){
if(func3(data8) > 4){
const err25 = {instancePath:instancePath+"/data/delimiter",schemaPath:"#/properties/data/properties/delimiter/maxLength",keyword:"maxLength",params:{limit: 4}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(func3(data8) < 1){
const err26 = {instancePath:instancePath+"/data/delimiter",schemaPath:"#/properties/data/properties/delimiter/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/data/delimiter",schemaPath:"#/properties/data/properties/delimiter/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data0.query !== undefined){
if(typeof data0.query !== "string"){
const err28 = {instancePath:instancePath+"/data/query",schemaPath:"#/properties/data/properties/query/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/data",schemaPath:"#/properties/data/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data.target !== undefined){
let data10 = data.target;
if(typeof data10 === "string"){
if(func3(data10) < 1){
const err30 = {instancePath:instancePath+"/target",schemaPath:"#/properties/target/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/target",schemaPath:"#/properties/target/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data.baseline !== undefined){
let data11 = data.baseline;
if(Array.isArray(data11)){
if(data11.length < 1){
const err32 = {instancePath:instancePath+"/baseline",schemaPath:"#/properties/baseline/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
const len0 = data11.length;
for(let i0=0; i0<len0; i0++){
let data12 = data11[i0];
if(typeof data12 === "string"){
if(func3(data12) < 1){
const err33 = {instancePath:instancePath+"/baseline/" + i0,schemaPath:"#/properties/baseline/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath:instancePath+"/baseline/" + i0,schemaPath:"#/properties/baseline/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
}
else {
const err35 = {instancePath:instancePath+"/baseline",schemaPath:"#/properties/baseline/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
let data13 = data.features;
if(Array.isArray(data13)){
if(data13.length < 1){
const err36 = {instancePath:instancePath+"/features",schemaPath:"#/properties/features/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
const len1 = data13.length;
for(let i1=0; i1<len1; i1++){
let data14 = data13[i1];
if(typeof data14 === "string"){
if(func3(data14) < 1){
const err37 = {instancePath:instancePath+"/features/" + i1,schemaPath:"#/properties/features/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/features/" + i1,schemaPath:"#/properties/features/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath:instancePath+"/features",schemaPath:"#/properties/features/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
let data15 = data.ignore;
if(Array.isArray(data15)){
const len2 = data15.length;
for(let i2=0; i2<len2; i2++){
let data16 = data15[i2];
if(typeof data16 === "string"){
if(func3(data16) < 1){
const err40 = {instancePath:instancePath+"/ignore/" + i2,schemaPath:"#/properties/ignore/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
else {
const err41 = {instancePath:instancePath+"/ignore/" + i2,schemaPath:"#/properties/ignore/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
}
else {
const err42 = {instancePath:instancePath+"/ignore",schemaPath:"#/properties/ignore/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
let data17 = data.folds;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
const err43 = {instancePath:instancePath+"/folds",schemaPath:"#/properties/folds/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 < 2 || isNaN(data17)){
const err44 = {instancePath:instancePath+"/folds",schemaPath:"#/properties/folds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 2}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
let data18 = data.rounds;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
const err45 = {instancePath:instancePath+"/rounds",schemaPath:"#/properties/rounds/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 < 1 || isNaN(data18)){
const err46 = {instancePath:instancePath+"/rounds",schemaPath:"#/properties/rounds/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
let data19 = data.depth;
if(!(((typeof data19 == "number") && (!(data19 % 1) && !isNaN(data19))) && (isFinite(data19)))){
const err47 = {instancePath:instancePath+"/depth",schemaPath:"#/properties/depth/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if((typeof data19 == "number") && (isFinite(data19))){
if(data19 > 8 || isNaN(data19)){
const err48 = {instancePath:instancePath+"/depth",schemaPath:"#/properties/depth/maximum",keyword:"maximum",params:{comparison: "<=", limit: 8}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(data19 < 1 || isNaN(data19)){
const err49 = {instancePath:instancePath+"/depth",schemaPath:"#/properties/depth/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
let data20 = data.learningRate;
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 > 1 || isNaN(data20)){
const err50 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(data20 <= 0 || isNaN(data20)){
const err51 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/exclusiveMinimum",keyword:"exclusiveMinimum",params:{comparison: ">", limit: 0}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
else {
const err52 = {instancePath:instancePath+"/learningRate",schemaPath:"#/properties/learningRate/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
let data21 = data.resamples;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
const err53 = {instancePath:instancePath+"/resamples",schemaPath:"#/properties/resamples/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 < 100 || isNaN(data21)){
const err54 = {instancePath:instancePath+"/resamples",schemaPath:"#/properties/resamples/minimum",keyword:"minimum",params:{comparison: ">=", limit: 100}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
}
else {
const err55 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
validate82.errors = vErrors;
return errors === 0;
}

export const validateDefinition: ValidateFunction = definition;
export const validateWith: Record<string, ValidateFunction> = {
  "dataset": validate_dataset,
  "tokenize": validate_tokenize,
  "pretrain": validate_pretrain,
  "sft": validate_sft,
  "extend-context": validate_extend_context,
  "collect-preferences": validate_collect_preferences,
  "reward-model": validate_reward_model,
  "ppo": validate_ppo,
  "grpo": validate_grpo,
  "evaluate": validate_evaluate,
  "generate": validate_generate,
  "export": validate_export,
  "social-network": validate_social_network,
  "hold-out-links": validate_hold_out_links,
  "graph-featurize": validate_graph_featurize,
  "table-model": validate_table_model,
};
