-- The first sentence of a text, with its period; all of a text that has no end of one.
return function(text) return text:match "^.-%.%f[%s\0]" or text end
