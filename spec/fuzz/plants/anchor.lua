-- A page that is read is not held: a finalizer frees it.
return {
  "csrc/bind/record_base.c",
  { "*h = r->page ? tg_page_ref(r->page) : NULL;", "*h = r->page ? NULL : NULL;" },
}
