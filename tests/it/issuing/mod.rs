//! Issuing, acting, standing: the flows over real registers and real keys.

mod acts;
mod crash;
mod cross_border;
mod faults;
mod jobs;
mod orders;
mod photo;
mod prints;
mod refused;
mod succession;
