// Package views renders pages. A page is a struct of finished values and a templ component of the same name in the file
// of its subject; [Frame] is what every page has around it. Views look nothing up and decide nothing.
package views
