// Calls the server once for every case on standard input (JSON) and prints what the official SDK made of each.
'use strict';

const { readFileSync } = require('node:fs');
const { Readable } = require('node:stream');
const ocr = require('@alicloud/ocr-api20210707');
const core = require('@alicloud/openapi-core');
const { RuntimeOptions } = require('@darabonba/typescript');

function client({ keyId, secret, host, token }) {
  const config = new core.$OpenApiUtil.Config({ accessKeyId: keyId, accessKeySecret: secret, endpoint: host, protocol: 'HTTP' });
  if (token) {
    config.securityToken = token;
    config.type = 'sts';
  }
  return new ocr.default(config);
}

// A busy machine may be slow to accept a connection; only the answer's own time is tried here.
const PATIENCE = 240_000;

async function call({ url, body, readTimeout, ...who }) {
  const request = new ocr.RecognizeBirthCertificationRequest({
    url: url ?? undefined,
    body: body ? Readable.from(readFileSync(body)) : undefined,
  });
  try {
    const response = await client(who).recognizeBirthCertificationWithOptions(request, new RuntimeOptions({ connectTimeout: PATIENCE, ...(readTimeout && { readTimeout }) }));
    return { status: response.statusCode, requestId: response.body.requestId, data: JSON.parse(response.body.data) };
  } catch (error) {
    return { code: error.code ?? error.name, status: error.statusCode ?? error.data?.statusCode, message: String(error.message) };
  }
}

async function main() {
  const cases = JSON.parse(readFileSync(0, 'utf-8'));
  const results = [];
  for (const one of cases) results.push(await call(one));
  process.stdout.write(JSON.stringify(results));
}

main();
