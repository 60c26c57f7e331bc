-- A list that is closed twice gives its pages back twice.
return { "csrc/bind/list.c", { "l->page_count = l->count = 0;", "l->count = 0;" } }
