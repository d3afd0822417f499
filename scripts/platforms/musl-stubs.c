/* What glibc has and musl has not, for Debian's libstdc++ in a process of musl: only the first three are ever called. */
char __libc_single_threaded = 0;

/* "Not known here": the unwinder then asks dl_iterate_phdr, which musl has. */
int _dl_find_object(void *address, void *result) {
  (void)address;
  (void)result;
  return -1;
}

/* What a thread registers for its end is left to the end of the process. */
int __cxa_thread_atexit_impl(void *destroy, void *object, void *library) {
  (void)destroy;
  (void)object;
  (void)library;
  return 0;
}

#define NEVER_CALLED(number, symbol)          \
  void stub_##number(void) __asm__(symbol);   \
  void stub_##number(void) { __builtin_trap(); }

NEVER_CALLED(1, "strfromf128")
NEVER_CALLED(2, "strtof128")
NEVER_CALLED(3, "arc4random")
NEVER_CALLED(4, "_ZNSi6ignoreEl")
NEVER_CALLED(5, "_ZNSt13basic_istreamIwSt11char_traitsIwEE6ignoreEl")
NEVER_CALLED(6, "__isoc23_strtoul")
NEVER_CALLED(7, "__strftime_l")
