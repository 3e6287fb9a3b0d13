//! Repositories, resolver, fetch, content store, compose and states
