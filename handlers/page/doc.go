// Package page contains what all pages and actions share: routes with their access, middleware, sessions, forms, rendering and
// errors. Handlers embed [Kit] and register their routes with [Kit.Add].
package page
