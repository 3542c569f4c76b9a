//! Which routes are looked through for an address: a pattern is matched in its area only, since matching all of them one after
//! the other, once for the guard and once for the handler, is most of what finding a route costs.

use actix_web::{Resource, Scope, web};

/// Resources whose addresses vary, by how these begin: `/my`, `/api/v1/seals`.
#[derive(Default)]
pub(super) struct Areas(Vec<(&'static str, Vec<Resource>)>);

impl Areas {
    /// The area of an address and what is left of it; no area where the whole is fixed, or begins with what varies.
    pub(super) fn of(path: &'static str) -> (&'static str, &'static str) {
        let segments = if path.starts_with("/api/v1/") { 3 } else { 1 };
        let end = path.match_indices('/').nth(segments).map_or(path.len(), |(at, _)| at);
        let (area, within) = path.split_at(end);
        if path.contains('{') && !area.contains('{') { (area, within) } else { ("", path) }
    }

    pub(super) fn add(&mut self, area: &'static str, resource: Resource) {
        match self.0.iter_mut().find(|(known, _)| *known == area) {
            Some((_, resources)) => resources.push(resource),
            None => self.0.push((area, vec![resource])),
        }
    }

    pub(super) fn register(self, config: &mut web::ServiceConfig) {
        for (area, resources) in self.0 {
            if area.is_empty() {
                for resource in resources {
                    config.service(resource);
                }
            } else {
                config.service(resources.into_iter().fold(web::scope(area), Scope::service));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Areas;

    #[test]
    fn an_area_is_fixed_and_what_is_left_varies() {
        for (path, area, within) in [
            ("/my/licences/{identifier}/show", "/my", "/licences/{identifier}/show"),
            ("/api/v1/seals/{id}/acts", "/api/v1/seals", "/{id}/acts"),
            ("/api/v1/trust/operators/{id}", "/api/v1/trust", "/operators/{id}"),
            ("/C/{code}", "/C", "/{code}"),
            ("/{name}.crl", "", "/{name}.crl"),
            ("/my/uses", "", "/my/uses"),
            ("/", "", "/"),
        ] {
            assert_eq!(Areas::of(path), (area, within));
        }
    }
}
