// Package handlers turns requests into use cases and their outcome into pages.
//
// routes.go is the map of the site: every route, by who may use it. A handler reads its form, calls one use case, and
// redirects or shows the page again; it returns an error, and errors.go alone turns errors into answers.
package handlers
