// Package samples lists every page in every state as requests to the real handlers on an invented company, so that each
// page can be inspected without bringing the program into that state. The sentences are those of the program.
package samples
