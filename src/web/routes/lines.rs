//! How a line of the table is written, and what becomes of it.

macro_rules! who {
    (public $($counted:ident)?) => {
        Who::Public
    };
    (holder) => {
        Who::Holder
    };
    (signed_in) => {
        Who::SignedIn
    };
    (kiosk) => {
        Who::Kiosk
    };
    (may $what:ident) => {
        Who::May(&<may::$what as May>::CAPABILITY)
    };
}

macro_rules! counted {
    (public $counted:ident) => {
        Some(Asked::$counted)
    };
    ($($who:tt)+) => {
        None
    };
}

macro_rules! handler {
    ([public $($counted:ident)?] $handler:path) => {
        $handler
    };
    ([holder] $handler:path) => {
        held($handler)
    };
    ([signed_in] $handler:path) => {
        signed_in($handler)
    };
    ([kiosk] $handler:path) => {
        at_kiosk($handler)
    };
    ([may $what:ident] $handler:path) => {
        proven::<may::$what, _, _>($handler)
    };
}

macro_rules! otherwise {
    (Page) => {
        web::to(pages::other_method)
    };
    (Api) => {
        web::to(other_method)
    };
}

macro_rules! routes {
    ($($path:expr, $face:ident { $($verb:ident [$($who:tt)+] => $handler:path;)+ })+) => {
        /// Every route and who may.
        pub const TABLE: &[Rule] = &[
            $($(Rule {
                verb: Verb::$verb,
                path: $path,
                who: who!($($who)+),
                face: Face::$face,
                counted: counted!($($who)+),
            },)+)+
        ];

        /// Registers every route of the table, those of a fixed path first: they are compared. Of the others, which are matched
        /// one after the other, only those of the area that is asked for.
        pub(super) fn configure(config: &mut web::ServiceConfig) {
            let mut areas = Areas::default();
            $({
                let (area, within) = Areas::of($path);
                let resource = web::resource(within)
                    $(.route(route(Verb::$verb).to(handler!([$($who)+] $handler))))+
                    .default_service(otherwise!($face));
                if $path.contains('{') {
                    areas.add(area, resource);
                } else {
                    config.service(resource);
                }
            })+
            areas.register(config);
        }
    };
}
