// Package words turns the results of use cases into sentences and figures in the reader's language. Pages and the command
// line share it, so that each sentence stands once.
package words
