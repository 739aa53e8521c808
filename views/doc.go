// Package views renders pages. A page is a struct of finished values and a templ component of the same name, in the file of its
// feature. [Frame] surrounds every page. Views query nothing and decide nothing.
package views
