-- Hold no reference to the page that is being read: a finalizer can free it.
return {
  "csrc/bind/record_base.c",
  { "*h = r->page ? tg_page_ref(r->page) : NULL;", "*h = r->page ? NULL : NULL;" },
}
