import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { processorTime } from '../../support/processor-time.ts';
import { copyOf, replaced, written } from './copied-project.ts';

/** What a regular expression may begin to read before a hundred thousand blanks, by the file that it is written to. */
const heads: Readonly<Record<string, string>> = {
  category:
    'static let identifier:|let a|let a =|let (a|enum A { case a|enum A { case a, b:|func a|func a(|func a(b|func a(b:' +
    '|init|for a|for (a|typealias A|typealias A =|struct A|struct A:|struct A: App,|extension A|class A<' +
    '|{ [weak self]|{ a|{ (a) ->|#if|#if A|#if A &&|make|make(a:|return|static|a.delegate|"\\|"""|/*|//',
  identity: '<plist|<plist version|<plist version=|<plist><dict><key>a</key>|<?xml|<!DOCTYPE|<!--',
  info: '{ A|{ A =|{ A = <|{ "A"|/*|<plist><dict></dict></plist>',
  shared: 'A|A =|A[sdk=|A[sdk=iphoneos*]|A = $(|A = $(B:|A = $(B:default=|#include|//',
  'project.yml': 'name',
};

test.each(Object.keys(heads))('blanks behind anything in %s cost little', async (file) => {
  for (const head of heads[file]?.split('|') ?? []) {
    const text = `${head}${' '.repeat(100_000)}`;
    const constant = 'static let identifier = "MfaNotificationCategoryId"';
    const edit = file === 'category' ? replaced(file, constant, `${text};`) : written(file, text);
    const directory = copyOf([edit]);
    const cost = await processorTime(() =>
      createMachine().run(['app', 'check', directory, '--json']),
    );
    expect([head, cost]).toEqual([head, expect.toSatisfy((each: number) => each < 3000)]);
  }
});
