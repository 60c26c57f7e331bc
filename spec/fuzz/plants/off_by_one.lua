-- Read the position after the last one of a list.
return {
  "csrc/bind/list.c",
  {
    [[at >= 1 && (size_t)at <= l->count, 2, "no such position"]],
    [[at >= 1 && (size_t)at <= l->count + 1, 2, "no such position"]],
  },
}
