// Package handlers turns requests into use cases and their outcome into pages.
//
// routes.go is the access table: every route with who may use it; the kit is in page. A handler reads its form, calls one use
// case, and redirects or shows the page again; it returns an error, and page/errors.go alone turns errors into answers.
package handlers
