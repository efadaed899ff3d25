// Package vision holds what happens to a picture of the screen between the
// grab and the wire: fitting it to the model's cost rule, encoding it, and
// painting over what must not leave. It is arithmetic: no display connection
// and no C; vision/grab has those.
package vision
