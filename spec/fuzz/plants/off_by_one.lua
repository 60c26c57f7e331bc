-- The position behind the last one of a list is read.
return {
  "csrc/bind/list.c",
  {
    [[at >= 1 && (size_t)at <= l->count, 2, "no such position"]],
    [[at >= 1 && (size_t)at <= l->count + 1, 2, "no such position"]],
  },
}
