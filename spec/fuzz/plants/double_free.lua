-- Release the pages of a list twice when it is closed twice.
return { "csrc/bind/list.c", { "l->page_count = l->count = 0;", "l->count = 0;" } }
