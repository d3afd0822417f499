// Before each file: the tests behave alike on a machine that builds and on somebody's own.
delete process.env.CI;
